package dev.aerostat.cli.boot;

import dev.aerostat.cli.text.TimeSpan;
import dev.aerostat.simulation.BootReport;
import dev.aerostat.simulation.BootReport.Timeline;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/** Draws a boot to scale: when the device waited, when memory was mapped, what the balloon held. */
final class BootChart {
  private static final int WIDTH = 50;
  private static final String INDENT = " ".repeat(12);

  private final long endNanos;

  private BootChart(long endNanos) {
    this.endNanos = endNanos;
  }

  /**
   * Draws it.
   *
   * @param report what came of the boot
   * @param driverNanos when the balloon driver loaded, if there was one and that is known
   * @return lines, each ended by a newline; empty if nothing took any time
   */
  static Optional<String> of(BootReport report, OptionalLong driverNanos) {
    Timeline timeline = report.timeline();
    long end =
        LongStream.of(
                driverNanos.orElse(0),
                timeline.inflatedNanos().orElse(0),
                timeline.dmaReadyNanos().orElse(0),
                timeline.fullyMappedNanos().orElse(0),
                timeline.balloonEmptyNanos().orElse(0))
            .max()
            .orElse(0);
    return end == 0 ? Optional.empty() : Optional.of(new BootChart(end).draw(report, driverNanos));
  }

  private String draw(BootReport report, OptionalLong driverNanos) {
    Timeline timeline = report.timeline();
    var picture = new StringBuilder();
    int ready = column(timeline.dmaReadyNanos());
    picture.append(lane("DMA", bar('░', 0, ready) + bar('█', ready, WIDTH), "░ waits █ open"));
    picture.append(lane("mapping", bar('█', 0, column(timeline.fullyMappedNanos())), ""));
    if (report.inflate().messages() > 0) {
      picture.append(
          lane(
              "balloon",
              balloon(timeline, driverNanos),
              driverNanos.isPresent() ? "▒ fills █ holds" : "█ holds"));
    }
    String endTime = new TimeSpan(endNanos).toString();
    return picture
        .append(INDENT)
        .append("0 s")
        .append(" ".repeat(Math.max(1, WIDTH - 3 - endTime.length())))
        .append(endTime)
        .append('\n')
        .toString();
  }

  private String balloon(Timeline timeline, OptionalLong driverNanos) {
    int empty = column(timeline.balloonEmptyNanos());
    int inflated = Math.min(empty, column(timeline.inflatedNanos()));
    int driver = driverNanos.isPresent() ? Math.min(inflated, column(driverNanos)) : inflated;
    return " ".repeat(driver) + bar('▒', driver, inflated) + bar('█', inflated, empty);
  }

  /** Where a time is drawn; what never happened is past the end, what took time is visible. */
  private int column(OptionalLong nanos) {
    if (nanos.isEmpty()) {
      return WIDTH;
    }
    long column = Math.round((double) nanos.getAsLong() * WIDTH / endNanos);
    return nanos.getAsLong() == 0 ? 0 : Math.clamp(column, 1, WIDTH);
  }

  private static String bar(char fill, int from, int to) {
    return String.valueOf(fill).repeat(Math.max(0, to - from));
  }

  private static String lane(String name, String drawn, String legend) {
    return ("%10s  %-" + WIDTH + "s  %s").formatted(name, drawn, legend).stripTrailing() + "\n";
  }
}
