package dev.aerostat.cli.boot;

import dev.aerostat.cli.text.NumberFormats;
import dev.aerostat.simulation.BootReport;
import dev.aerostat.simulation.GuestBehaviour;
import dev.aerostat.simulation.Withholding;
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

  /** Returns how a run ended that should have gone further. */
  static Optional<String> unfinished(BootReport report, GuestBehaviour guest) {
    if (report.timeline().fullyMappedNanos().isEmpty()) {
      return Optional.of("not all memory was mapped" + refusals(report.refusals()));
    }
    boolean plugsAll =
        report.withholding() == Withholding.VIRTIO_MEM && guest == GuestBehaviour.LINUX;
    if (plugsAll && report.timeline().pluggedNanos().isEmpty()) {
      return Optional.of("the guest never plugged all of its memory");
    }
    boolean emptiesItsBalloon =
        switch (guest) {
          case LINUX, PRESSURED -> report.inflate().messages() > 0;
          case NONE, STALLS -> false;
          case FLOOD_INFLATES, FLOOD_CHURN, FLOOD_RESETS, FLOOD_KICKS, FLOOD_BUS_MASTERING -> false;
        };
    return emptiesItsBalloon && report.timeline().balloonEmptyNanos().isEmpty()
        ? Optional.of("the guest never got back all of its memory")
        : Optional.empty();
  }

  private static String refusals(BootReport.Refusals refusals) {
    return refusals.count() == 0
        ? ""
        : "; the host refused %s, the last: %s"
            .formatted(NumberFormats.count(refusals.count(), "call"), refusals.last());
  }
}
