package dev.aerostat.engine.core;

import dev.aerostat.api.HostRefusedException;
import java.util.Optional;

/** What the commands and completions seen so far make of one granule. */
final class GranuleBook {
  final int granule;
  final long firstPage;
  final long endPage;

  /** A populate was issued since the granule was last unmapped and at rest. */
  boolean started;

  long nextPage;
  int slicesOut;
  boolean mapping;
  boolean mapped;
  Optional<HostRefusedException> refusal = Optional.empty();

  /** Its last map was refused without a promise: it must be unmapped before the next. */
  boolean unsure;

  boolean remapping;

  /** Refusals in a row, and the rest after the last of them. */
  int refusals;

  long restNanos;
  boolean resting;

  /**
   * Inflated into while a deflate was pending and the host refused it: the gate may wait for it.
   */
  boolean doubtful;

  /** A deflate asked for it. */
  boolean demanded;

  GranuleBook(int granule, long firstPage, long endPage) {
    this.granule = granule;
    this.firstPage = firstPage;
    this.endPage = endPage;
    this.nextPage = firstPage;
  }

  long pages() {
    return endPage - firstPage;
  }

  /** Returns whether nobody waits for it and nothing of it has begun. */
  boolean isIdle() {
    return !mapped && !started && !resting && !demanded;
  }

  boolean isQueued() {
    return demanded && !started;
  }

  boolean hasSlice() {
    return refusal.isEmpty() && nextPage < endPage;
  }

  boolean readyToMap() {
    return started && refusal.isEmpty() && nextPage == endPage && slicesOut == 0 && !mapping;
  }

  void startOver() {
    started = false;
    demanded = false;
    nextPage = firstPage;
    refusal = Optional.empty();
  }
}
