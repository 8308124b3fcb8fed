package dev.aerostat.cli.serve;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Keeps what guests can bring about again and again from filling a disk: of each kind of line ten
 * are told at once, then one in ten seconds, which says how many were left out. Safe for use by any
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

  /**
   * Returns what is to be told, if anything.
   *
   * @param kind one of few
   * @param line what happened
   */
  synchronized Optional<String> line(String kind, String line) {
    long now = nanoTime.getAsLong();
    return kinds.computeIfAbsent(kind, _ -> new Kind(now)).line(now, line);
  }

  /** Has room for {@link #AT_ONCE} lines at first; each comes back after a while. */
  private static final class Kind {
    private int room = AT_ONCE;
    private long countedAt;
    private long leftOut;

    Kind(long now) {
      countedAt = now;
    }

    Optional<String> line(long now, String line) {
      long back = (now - countedAt) / NANOS_PER_LINE;
      countedAt += back * NANOS_PER_LINE;
      room = (int) Math.min(AT_ONCE, room + back);
      if (room == 0) {
        leftOut++;
        return Optional.empty();
      }
      room--;
      String told = leftOut == 0 ? line : "%s (%d more like it before)".formatted(line, leftOut);
      leftOut = 0;
      return Optional.of(told);
    }
  }
}
