package dev.aerostat.cli.options;

import dev.aerostat.simulation.Variant;
import picocli.CommandLine.Option;

/** The option that chooses when the gate opens. */
public final class StrategyChoice {
  @Option(
      names = "--strategy",
      paramLabel = "async|sync",
      defaultValue = "async",
      description = {
        "async opens the gate for DMA once all memory is ballooned or mapped, sync once all is"
            + " mapped. Default: ${DEFAULT-VALUE}."
      })
  private Variant variant = Variant.ASYNC;

  /** Created by picocli. */
  StrategyChoice() {}

  /**
   * Returns how memory is mapped.
   *
   * @return {@link Variant#ASYNC} or {@link Variant#SYNC}
   */
  public Variant variant() {
    return variant;
  }
}
