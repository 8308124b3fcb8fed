package dev.aerostat.mapper.vfio;

import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.util.Arrays;

/**
 * The vectors of a kind that is enabled. As long as there are fewer than the device has, duplicates
 * of their counters' descriptors are kept: the kernel does not add vectors, so to add some all of
 * them are connected anew, and the client's own descriptors may be closed by then.
 */
final class RelayedVectors {
  private static final int NONE = VfioInterrupts.NONE;

  private final SystemCalls files;
  private final int most;
  private int[] kept;

  /** Whether each counter has a duplicate. */
  private boolean complete = true;

  /**
   * Starts without a counter.
   *
   * @param files makes and closes duplicates
   * @param size how many are enabled
   * @param most how many the device has
   */
  RelayedVectors(SystemCalls files, int size, int most) {
    this.files = files;
    this.most = most;
    this.kept = new int[size];
    Arrays.fill(kept, NONE);
  }

  /** Returns whether a request needs more of them, and they can be connected anew. */
  boolean canGrowFor(InterruptRequest request) {
    return complete && end(request) > kept.length;
  }

  /** Returns the counters, with -1 for none. */
  int[] counters() {
    return kept.clone();
  }

  /** Returns counters with those of a request at their place, and -1 where there is none. */
  static int[] placed(int[] counters, int size, InterruptRequest request) {
    int[] all = Arrays.copyOf(counters, size);
    if (counters.length < size) {
      Arrays.fill(all, counters.length, size, NONE);
    }
    System.arraycopy(request.counters(), 0, all, request.start(), request.count());
    return all;
  }

  /** Keeps what a request has connected. */
  void keep(InterruptRequest request) {
    if (end(request) > kept.length) {
      int before = kept.length;
      kept = Arrays.copyOf(kept, end(request));
      Arrays.fill(kept, before, kept.length, NONE);
    }
    if (kept.length == most) {
      close(); // It cannot become larger.
      return;
    }
    int[] counters = request.counters();
    for (int i = 0; i < counters.length; i++) {
      replace(request.start() + i, counters[i]);
    }
  }

  private void replace(int vector, int counter) {
    if (kept[vector] != NONE) {
      int _ = files.close(kept[vector]);
    }
    int duplicate = counter == NONE ? NONE : files.duplicate(counter);
    complete &= counter == NONE || duplicate >= 0;
    kept[vector] = Math.max(duplicate, NONE);
  }

  private static int end(InterruptRequest request) {
    return request.start() + request.count();
  }

  /** Closes the duplicates. The kernel keeps what is connected. */
  void close() {
    for (int i = 0; i < kept.length; i++) {
      replace(i, NONE);
    }
  }
}
