package dev.aerostat.engine.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Decides which lines of each kind are written to a log: the first, and then one in ten seconds at
 * most. What happens without end must not fill a disk as well. Safe for use by any thread.
 */
final class BoundedLines {
  static final long QUIET_NANOS = 10_000_000_000L;

  private final LongSupplier nanoTime;
  private final Map<Object, Written> byKind = new HashMap<>();

  BoundedLines(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Returns whether a line may be written now: how many of its kind were not, since the last one
   * that was.
   *
   * @param kind one of a set that no guest can make grow
   */
  synchronized OptionalLong mayWrite(Object kind) {
    long now = nanoTime.getAsLong();
    Written written = byKind.get(kind);
    if (written == null) {
      byKind.put(kind, new Written(now));
      return OptionalLong.of(0);
    }
    if (now - written.at < QUIET_NANOS) {
      written.unwritten++;
      return OptionalLong.empty();
    }
    long unwritten = written.unwritten;
    written.at = now;
    written.unwritten = 0;
    return OptionalLong.of(unwritten);
  }

  private static final class Written {
    private long at;
    private long unwritten;

    Written(long at) {
      this.at = at;
    }
  }
}
