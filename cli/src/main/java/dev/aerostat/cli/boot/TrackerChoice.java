package dev.aerostat.cli.boot;

import dev.aerostat.simulation.TrackerKind;
import picocli.CommandLine.Option;

/** The option that chooses what keeps the balloon's pages. */
final class TrackerChoice {
  @Option(
      names = "--tracker",
      paramLabel = "interval-tree|bitmap",
      defaultValue = "interval-tree",
      description = {
        "interval-tree takes a few KiB for a guest that boots; bitmap takes 5 KiB a GiB from the"
            + " start and less time where memory is fragmented. Default: ${DEFAULT-VALUE}."
      })
  private TrackerKind kind = TrackerKind.INTERVAL_TREE;

  TrackerKind kind() {
    return kind;
  }
}
