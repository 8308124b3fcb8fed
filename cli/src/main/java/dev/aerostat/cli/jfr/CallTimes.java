package dev.aerostat.cli.jfr;

import org.HdrHistogram.Histogram;

/** How many there were of a kind, how many bytes they were for, and how long they took. */
final class CallTimes {
  private static final int DIGITS = 3;

  private final Histogram nanos = new Histogram(DIGITS);
  private long bytes;
  private long totalNanos;
  private long maxNanos;
  private long refused;

  void add(long itsBytes, long took, boolean itIsRefused) {
    long itsNanos = Math.max(0, took);
    nanos.recordValue(itsNanos);
    totalNanos += itsNanos;
    maxNanos = Math.max(maxNanos, itsNanos);
    if (itIsRefused) {
      refused++;
    } else {
      bytes += itsBytes;
    }
  }

  long count() {
    return nanos.getTotalCount();
  }

  /** Returns the bytes of those that were not refused. */
  long bytes() {
    return bytes;
  }

  long refused() {
    return refused;
  }

  long totalNanos() {
    return totalNanos;
  }

  /** Returns the longest; exactly, unlike the percentiles. */
  long maxNanos() {
    return maxNanos;
  }

  /** Returns a percentile to three digits; 0 if there were none. */
  long percentile(double percent) {
    return Math.min(nanos.getValueAtPercentile(percent), maxNanos);
  }
}
