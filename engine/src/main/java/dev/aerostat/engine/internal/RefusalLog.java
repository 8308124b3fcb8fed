package dev.aerostat.engine.internal;

import dev.aerostat.api.HostRefusedException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Writes what the host refused, a few lines a cause. */
final class RefusalLog {
  private final BoundedLines bound;
  private final Consumer<String> lines;

  RefusalLog(LongSupplier nanoTime, Consumer<String> lines) {
    this.bound = new BoundedLines(nanoTime);
    this.lines = lines;
  }

  void refused(HostRefusedException refusal, int attempt) {
    bound
        .mayWrite(refusal.reason().getClass())
        .ifPresent(
            unwritten ->
                lines.accept(
                    refusal.getMessage()
                        + (unwritten == 0
                            ? " (attempt %d)".formatted(attempt)
                            : " (attempt %d; %d more for this cause since it was last written)"
                                .formatted(attempt, unwritten))));
  }
}
