package dev.aerostat.guest.sim;

import java.util.Arrays;

/** Runs of balloon pages in the order they were put in; a run ascends. Reused, so it only grows. */
final class RunList {
  private long[] starts = new long[8];
  private int[] counts = new int[8];
  private int size;
  private int total;

  void clear() {
    size = 0;
    total = 0;
  }

  /** Appends a run; one that goes on where the last ended becomes a part of it. */
  void add(long start, int count) {
    total += count;
    if (size > 0 && starts[size - 1] + counts[size - 1] == start) {
      counts[size - 1] += count;
      return;
    }
    if (size == starts.length) {
      starts = Arrays.copyOf(starts, 2 * size);
      counts = Arrays.copyOf(counts, 2 * size);
    }
    starts[size] = start;
    counts[size++] = count;
  }

  /** Number of runs. */
  int size() {
    return size;
  }

  /** Number of balloon pages in all runs. */
  int total() {
    return total;
  }

  long start(int run) {
    return starts[run];
  }

  int count(int run) {
    return counts[run];
  }
}
