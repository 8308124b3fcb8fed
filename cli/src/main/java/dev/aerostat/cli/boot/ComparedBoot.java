package dev.aerostat.cli.boot;

import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.simulation.BootReport;
import dev.aerostat.simulation.BootScenario;
import java.util.Optional;

/**
 * One run of a comparison. Immutable.
 *
 * @param variant which way of mapping
 * @param scenario what was to run
 * @param outcome what came of it
 */
record ComparedBoot(ComparedVariant variant, BootScenario scenario, Outcome outcome) {
  /** What came of a trial. */
  sealed interface Outcome {
    /** It ran. */
    record Ran(BootReport report) implements Outcome {}

    /** It cannot be: no plan fits. */
    record Infeasible(String reason) implements Outcome {}
  }

  /** Returns the guest's RAM. */
  ByteSize memory() {
    return new ByteSize(scenario.memoryBytes());
  }

  /** Returns the report of a trial that ran. */
  Optional<BootReport> report() {
    return switch (outcome) {
      case Outcome.Ran(BootReport report) -> Optional.of(report);
      case Outcome.Infeasible _ -> Optional.empty();
    };
  }

  /** Returns why a trial cannot be. */
  Optional<String> infeasibility() {
    return switch (outcome) {
      case Outcome.Ran _ -> Optional.empty();
      case Outcome.Infeasible(String reason) -> Optional.of(reason);
    };
  }

  /** Names the trial for a message: {@code async-4k with 8 GiB}. */
  @Override
  public String toString() {
    return "%s with %s".formatted(variant, memory());
  }
}
