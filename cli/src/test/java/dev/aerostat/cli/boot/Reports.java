package dev.aerostat.cli.boot;

import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.simulation.BootReport;
import dev.aerostat.simulation.BootReport.Deflate;
import dev.aerostat.simulation.BootReport.Inflate;
import dev.aerostat.simulation.BootReport.Map;
import dev.aerostat.simulation.BootReport.Plug;
import dev.aerostat.simulation.BootReport.Refusals;
import dev.aerostat.simulation.BootReport.Timeline;
import dev.aerostat.simulation.BootScenario;
import java.util.Locale;
import java.util.OptionalLong;

/** Reports made up for tests. */
public final class Reports {
  private static final long SECOND = 1_000_000_000L;

  private Reports() {}

  /** A boot of 384 GiB with 2 MiB balloon pages in which all goes well. */
  static BootReport large() {
    return of(ComparedVariant.ASYNC_2M.scenario(ByteSize.parse("384G")));
  }

  /** What a scenario might come to: a second a 4 GiB for sync, 2.53 s for async. */
  public static BootReport of(BootScenario scenario) {
    long mapped = scenario.memoryBytes() / (4L << 30) * SECOND / scenario.prefaultThreads();
    long ready = scenario.variant().async() ? 2_534_000_000L : mapped;
    return new BootReport(
        scenario.memoryBytes(),
        scenario.guestMinimumBytes(),
        scenario.balloonPageBytes(),
        scenario.withholding(),
        scenario.variant().async() ? "async" : "sync",
        scenario.mapper(),
        scenario.guest().name().toLowerCase(Locale.ROOT),
        scenario.seed(),
        new Timeline(
            OptionalLong.of(2_440_000_000L),
            OptionalLong.of(ready),
            OptionalLong.of(mapped),
            OptionalLong.of(mapped + SECOND),
            OptionalLong.empty()),
        new Inflate(755, 98_828_288, 193_024, 2),
        new Deflate(
            755,
            98_828_288,
            98_820_096,
            8_192,
            2,
            OptionalLong.of(12_000),
            OptionalLong.of(3_100_000),
            OptionalLong.of(9_640_000)),
        Plug.NONE,
        new Map(
            24_576,
            scenario.memoryBytes(),
            10L << 30,
            24_576,
            24_576,
            7_220_000_000L,
            82_944_000_000L),
        new Refusals(0, ""),
        65_536,
        0,
        "",
        1_234_567_890);
  }

  /** A guest without a balloon driver, whose gate never opened. */
  public static BootReport hung() {
    BootReport report = of(ComparedVariant.ASYNC_4K.scenario(ByteSize.parse("8G")));
    OptionalLong never = OptionalLong.empty();
    return new BootReport(
        report.memoryBytes(),
        report.guestMinimumBytes(),
        report.balloonPageBytes(),
        report.withholding(),
        report.strategy(),
        report.mapper(),
        "none",
        report.seed(),
        new Timeline(never, never, never, never, never),
        new Inflate(0, 0, 0, 0),
        new Deflate(0, 0, 0, 0, 0, never, never, never),
        Plug.NONE,
        new Map(0, 0, 0, 0, 0, 0, 0),
        new Refusals(7, "MAP refused"),
        0,
        0,
        "",
        1);
  }

  static BootReport named(BootReport report, String guest) {
    return changed(report, guest, report.violations(), report.firstViolation());
  }

  public static BootReport breaching(BootReport report, String firstViolation) {
    return changed(report, report.guest(), 3, firstViolation);
  }

  /** The same, but at other times. */
  static BootReport at(BootReport report, Timeline timeline) {
    return changed(report, timeline, report.guest(), report.violations(), report.firstViolation());
  }

  private static BootReport changed(
      BootReport report, String guest, long violations, String firstViolation) {
    return changed(report, report.timeline(), guest, violations, firstViolation);
  }

  private static BootReport changed(
      BootReport report, Timeline timeline, String guest, long violations, String firstViolation) {
    return new BootReport(
        report.memoryBytes(),
        report.guestMinimumBytes(),
        report.balloonPageBytes(),
        report.withholding(),
        report.strategy(),
        report.mapper(),
        guest,
        report.seed(),
        timeline,
        report.inflate(),
        report.deflate(),
        report.plug(),
        report.map(),
        report.refusals(),
        report.trackerPeakBytes(),
        violations,
        firstViolation,
        report.wallNanos());
  }
}
