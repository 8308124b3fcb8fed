package dev.aerostat.observer;

import java.util.Arrays;
import java.util.OptionalLong;

/** Every latency there was, so that percentiles are exact. */
final class Latencies {
  private long[] nanos = new long[1024];
  private int size;

  void add(long latency) {
    if (size == nanos.length) {
      nanos = Arrays.copyOf(nanos, size * 2);
    }
    nanos[size++] = latency;
  }

  /** Returns percentiles by nearest rank, each empty if there was no latency. */
  OptionalLong[] percentiles(int... percents) {
    long[] sorted = Arrays.copyOf(nanos, size);
    Arrays.sort(sorted);
    return Arrays.stream(percents)
        .mapToObj(percent -> percentile(sorted, percent))
        .toArray(OptionalLong[]::new);
  }

  private static OptionalLong percentile(long[] sorted, int percent) {
    int rank = (int) (((long) sorted.length * percent + 99) / 100);
    return sorted.length == 0
        ? OptionalLong.empty()
        : OptionalLong.of(sorted[Math.max(rank, 1) - 1]);
  }
}
