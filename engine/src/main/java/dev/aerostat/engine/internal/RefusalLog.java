package dev.aerostat.engine.internal;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.RefusalCause;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Writes the first refusal of each cause, and from then on how many came, once in ten seconds: a
 * host that refuses everything must not fill a disk as well.
 */
final class RefusalLog {
  static final long QUIET_NANOS = 10_000_000_000L;

  private final LongSupplier nanoTime;
  private final Consumer<String> lines;
  private final Map<Class<? extends RefusalCause>, Written> byCause = new HashMap<>();

  RefusalLog(LongSupplier nanoTime, Consumer<String> lines) {
    this.nanoTime = nanoTime;
    this.lines = lines;
  }

  void refused(HostRefusedException refusal, int attempt) {
    long now = nanoTime.getAsLong();
    Written written = byCause.get(refusal.reason().getClass());
    if (written == null) {
      byCause.put(refusal.reason().getClass(), new Written(now));
      lines.accept("%s (attempt %d)".formatted(refusal.getMessage(), attempt));
    } else if (now - written.at < QUIET_NANOS) {
      written.unwritten++;
    } else {
      lines.accept(
          "%s (attempt %d; %d more for this cause since it was last written)"
              .formatted(refusal.getMessage(), attempt, written.unwritten));
      written.at = now;
      written.unwritten = 0;
    }
  }

  private static final class Written {
    private long at;
    private long unwritten;

    Written(long at) {
      this.at = at;
    }
  }
}
