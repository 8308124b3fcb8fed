package dev.aerostat.cli.boot;

import dev.aerostat.cli.text.NumberFormats;
import dev.aerostat.simulation.BootReport;
import java.util.Optional;

/** Whether a run failed, and why. */
final class Verdict {
  private Verdict() {}

  /** Returns why a run failed: a rule was broken, or the guest never got its device. */
  static Optional<String> failure(BootReport report) {
    if (report.violations() > 0) {
      return Optional.of("the rules were " + BootCounts.rules(report));
    }
    if (report.timeline().dmaReadyNanos().isEmpty()) {
      return Optional.of("the gate never opened" + refusals(report.refusals()));
    }
    return Optional.empty();
  }

  private static String refusals(BootReport.Refusals refusals) {
    return refusals.count() == 0
        ? ""
        : "; the host refused %s, the last: %s"
            .formatted(NumberFormats.count(refusals.count(), "call"), refusals.last());
  }
}
