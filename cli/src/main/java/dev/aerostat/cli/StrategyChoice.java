package dev.aerostat.cli;

import dev.aerostat.simulation.Variant;
import picocli.CommandLine.Option;

/** The option that chooses when the gate opens. */
final class StrategyChoice {
  @Option(
      names = "--strategy",
      paramLabel = "async|sync",
      defaultValue = "async",
      description = {
        "async opens the gate for DMA once all memory is ballooned or mapped, sync once all is"
            + " mapped. Default: ${DEFAULT-VALUE}."
      })
  private Variant variant = Variant.ASYNC;

  Variant variant() {
    return variant;
  }
}
