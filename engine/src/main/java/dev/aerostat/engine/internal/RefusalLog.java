package dev.aerostat.engine.internal;

import dev.aerostat.api.HostRefusedException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Writes what the host refused, a few lines a cause, with what a plugin threw. */
final class RefusalLog {
  private final BoundedLines bound;
  private final Lines lines;

  RefusalLog(LongSupplier nanoTime, Lines lines) {
    this.bound = new BoundedLines(nanoTime);
    this.lines = lines;
  }

  void refused(HostRefusedException refusal, int attempt) {
    bound
        .mayWrite(refusal.reason().getClass())
        .ifPresent(
            unwritten -> {
              if (unwritten == 0) {
                lines.write(
                    "%s (attempt %d)".formatted(refusal.getMessage(), attempt), refusal.getCause());
              } else {
                lines.write(
                    "%s (attempt %d; %d more for this cause since it was last written)"
                        .formatted(refusal.getMessage(), attempt, unwritten),
                    null);
              }
            });
  }

  /** Where lines go. */
  interface Lines {
    /** Writes a line, and the stack trace of what was thrown. */
    void write(String line, @Nullable Throwable thrown);
  }
}
