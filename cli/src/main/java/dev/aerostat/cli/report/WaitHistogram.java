package dev.aerostat.cli.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/** How many deflate messages waited how long, in bins that widen as 1, 2, 5, 10. */
final class WaitHistogram {
  private static final long FIRST_DECADE_NANOS = 1_000;
  private static final int DECADES = 8;

  /**
   * 0, then from 1 µs to 100 s: a bin holds what is longer than the bound before, up to its own.
   */
  private static final long[] BOUNDS = bounds();

  private final long[] counts = new long[BOUNDS.length + 1];

  /**
   * What waited up to a time, and longer than the bin before.
   *
   * @param upToNanos the longest wait that belongs here, itself included; empty: however long
   * @param messages so many
   */
  record Bin(OptionalLong upToNanos, long messages) {}

  private static long[] bounds() {
    return LongStream.concat(
            LongStream.of(0),
            LongStream.iterate(FIRST_DECADE_NANOS, decade -> decade * 10)
                .limit(DECADES)
                .flatMap(decade -> LongStream.of(decade, 2 * decade, 5 * decade)))
        .toArray();
  }

  void add(long nanos) {
    int found = Arrays.binarySearch(BOUNDS, nanos);
    counts[found >= 0 ? found : -found - 1]++;
  }

  /** Returns the bins from the first to the last that holds a message, those between included. */
  List<Bin> bins() {
    List<Bin> bins = new ArrayList<>();
    for (int i = first(); i <= last(); i++) {
      bins.add(
          new Bin(
              i < BOUNDS.length ? OptionalLong.of(BOUNDS[i]) : OptionalLong.empty(), counts[i]));
    }
    return bins;
  }

  private int first() {
    int first = 0;
    while (first < counts.length && counts[first] == 0) {
      first++;
    }
    return first;
  }

  private int last() {
    int last = counts.length - 1;
    while (last >= 0 && counts[last] == 0) {
      last--;
    }
    return last;
  }
}
