package dev.aerostat.engine.internal;

import dev.aerostat.balloon.virtio.device.BalloonDevice;
import dev.aerostat.engine.core.EngineCore;
import dev.aerostat.engine.events.EngineEvents;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the VMM, on behalf of its guest or of its operator, and Flight Recorder ask of the engine.
 * Each kind is a flag or the last value: to ask a thousand times before the event thread comes to
 * it is to ask once, and allocates nothing.
 */
final class Wishes {
  private static final long NONE = -1;

  private final AtomicBoolean dma = new AtomicBoolean();
  private final AtomicBoolean statistics = new AtomicBoolean();
  private final AtomicBoolean totals = new AtomicBoolean();
  private final AtomicLong targetPages = new AtomicLong(NONE);
  private final AtomicLong requestPages = new AtomicLong(NONE);

  void dma() {
    dma.set(true);
  }

  void statistics() {
    statistics.set(true);
  }

  void totals() {
    totals.set(true);
  }

  void target(long pages) {
    targetPages.set(pages);
  }

  void request(long pages) {
    requestPages.set(pages);
  }

  boolean isEmpty() {
    return !dma.get()
        && !statistics.get()
        && !totals.get()
        && targetPages.get() == NONE
        && requestPages.get() == NONE;
  }

  /** Passes on what was asked since the last call, each kind once. */
  void grant(EngineCore core, BalloonDevice device, EngineEvents events) {
    long pages = requestPages.get() == NONE ? NONE : requestPages.getAndSet(NONE);
    if (pages != NONE) {
      core.operatorRequest(pages);
    }
    pages = targetPages.get() == NONE ? NONE : targetPages.getAndSet(NONE);
    if (pages != NONE) {
      core.operatorTarget(pages);
    }
    if (dma.get() && dma.getAndSet(false)) {
      core.dmaWanted();
    }
    if (statistics.get() && statistics.getAndSet(false)) {
      boolean _ = device.requestStatistics();
    }
    if (totals.get() && totals.getAndSet(false)) {
      events.totals(core);
    }
  }
}
