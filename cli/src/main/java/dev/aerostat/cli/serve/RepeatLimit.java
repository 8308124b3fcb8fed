package dev.aerostat.cli.serve;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Keeps what guests can bring about again and again from filling a disk: of each kind of line ten
 * are told at once, then one in ten seconds, with how many were left out. Safe for use by any
 * thread.
 */
final class RepeatLimit {
  static final int AT_ONCE = 10;
  static final long NANOS_PER_LINE = 10_000_000_000L;

  private final LongSupplier nanoTime;
  private final Map<String, Kind> kinds = new HashMap<>();

  RepeatLimit(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Returns a line with how many like it were left out before. */
  static String line(String line, long leftOut) {
    return leftOut == 0 ? line : "%s (%d more like it before)".formatted(line, leftOut);
  }

  /**
   * Returns how many of a kind were left out before one that is to be told.
   *
   * @param kind one of few
   * @return empty if this one is to be left out too
   */
  synchronized OptionalLong leftOut(String kind) {
    long now = nanoTime.getAsLong();
    return kinds.computeIfAbsent(kind, _ -> new Kind(now)).leftOut(now);
  }

  /** Has room for {@link #AT_ONCE} lines at first; each comes back after a while. */
  private static final class Kind {
    private int room = AT_ONCE;
    private long countedAt;
    private long leftOut;

    Kind(long now) {
      countedAt = now;
    }

    OptionalLong leftOut(long now) {
      long back = (now - countedAt) / NANOS_PER_LINE;
      countedAt += back * NANOS_PER_LINE;
      room = (int) Math.min(AT_ONCE, room + back);
      if (room == 0) {
        leftOut++;
        return OptionalLong.empty();
      }
      room--;
      long before = leftOut;
      leftOut = 0;
      return OptionalLong.of(before);
    }
  }
}
