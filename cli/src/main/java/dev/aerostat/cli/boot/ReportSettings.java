package dev.aerostat.cli.boot;

import dev.aerostat.simulation.BootReport;
import dev.aerostat.simulation.BootScenario;
import java.util.Locale;
import java.util.Optional;

/** The part of a report that was decided before the run, under its names in JSON. */
record ReportSettings(
    long memoryBytes,
    long guestMinimumBytes,
    long balloonPageBytes,
    String withhold,
    String strategy,
    Optional<String> variant,
    String mapper,
    String guest,
    long seed) {
  static ReportSettings of(BootReport report, Optional<String> variant) {
    return new ReportSettings(
        report.memoryBytes(),
        report.guestMinimumBytes(),
        report.balloonPageBytes(),
        report.withholding().toString(),
        report.strategy(),
        variant,
        report.mapper(),
        report.guest(),
        report.seed());
  }

  /** For a run that cannot be, and so has no report. */
  static ReportSettings of(BootScenario scenario, String variant) {
    return new ReportSettings(
        scenario.memoryBytes(),
        scenario.guestMinimumBytes(),
        scenario.balloonPageBytes(),
        scenario.withholding().toString(),
        scenario.variant().async() ? "async" : "sync",
        Optional.of(variant),
        scenario.mapper(),
        scenario.guest().name().toLowerCase(Locale.ROOT),
        scenario.seed());
  }
}
