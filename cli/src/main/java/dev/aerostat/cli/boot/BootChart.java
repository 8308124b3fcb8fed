package dev.aerostat.cli.boot;

import dev.aerostat.cli.text.TimeSpan;
import dev.aerostat.simulation.BootReport;
import dev.aerostat.simulation.BootReport.Timeline;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/** Draws a boot to scale: when the device waited, when memory was mapped, what the balloon held. */
final class BootChart {
  private static final int WIDEST = 50;
  private static final int NARROWEST = 8;
  private static final String START = "0 s";
  private static final String INDENT = " ".repeat(12);

  /** Room to the right of a lane, for what its shades mean. */
  private static final int LEGEND = 17;

  private final long endNanos;
  private final int width;
  private final boolean explained;

  /** Shades are explained where there is room for a picture beside their meaning. */
  private BootChart(long endNanos, int columns) {
    this.endNanos = endNanos;
    int room = columns - INDENT.length();
    explained = room - LEGEND >= NARROWEST;
    width = Math.clamp(explained ? room - LEGEND : room, NARROWEST, WIDEST);
  }

  /**
   * Draws it.
   *
   * @param report what came of the boot
   * @param driverNanos when the balloon driver loaded, if there was one and that is known
   * @param columns how wide lines may be, 20 or more
   * @return lines, each ended by a newline; empty if nothing took any time
   */
  static Optional<String> of(BootReport report, OptionalLong driverNanos, int columns) {
    Timeline timeline = report.timeline();
    long end =
        LongStream.of(
                driverNanos.orElse(0),
                timeline.inflatedNanos().orElse(0),
                timeline.dmaReadyNanos().orElse(0),
                timeline.fullyMappedNanos().orElse(0),
                timeline.balloonEmptyNanos().orElse(0),
                timeline.pluggedNanos().orElse(0))
            .max()
            .orElse(0);
    return end == 0
        ? Optional.empty()
        : Optional.of(new BootChart(end, columns).draw(report, driverNanos));
  }

  private String draw(BootReport report, OptionalLong driverNanos) {
    Timeline timeline = report.timeline();
    var picture = new StringBuilder();
    int ready = column(timeline.dmaReadyNanos());
    picture.append(lane("DMA", bar('░', 0, ready) + bar('█', ready, width), "░ waits █ open"));
    picture.append(lane("mapping", bar('█', 0, column(timeline.fullyMappedNanos())), ""));
    if (report.inflate().messages() > 0) {
      picture.append(
          lane(
              "balloon",
              balloon(timeline, driverNanos),
              driverNanos.isPresent() ? "▒ fills █ holds" : "█ holds"));
    }
    if (report.plug().requests() > 0) {
      picture.append(lane("virtio-mem", plugged(timeline, driverNanos), "█ is plugged"));
    }
    return picture.append(INDENT).append(axis()).append('\n').toString();
  }

  /** From 0 on, if there is room for that; the end is what matters. */
  private String axis() {
    String end = new TimeSpan(endNanos).toString();
    int gap = width - START.length() - end.length();
    return gap > 0
        ? START + " ".repeat(gap) + end
        : " ".repeat(Math.max(0, width - end.length())) + end;
  }

  private String balloon(Timeline timeline, OptionalLong driverNanos) {
    int empty = column(timeline.balloonEmptyNanos());
    int inflated = Math.min(empty, column(timeline.inflatedNanos()));
    int driver = driverNanos.isPresent() ? Math.min(inflated, column(driverNanos)) : inflated;
    return " ".repeat(driver) + bar('▒', driver, inflated) + bar('█', inflated, empty);
  }

  private String plugged(Timeline timeline, OptionalLong driverNanos) {
    int end = column(timeline.pluggedNanos());
    int start = driverNanos.isPresent() ? Math.min(end, column(driverNanos)) : 0;
    return " ".repeat(start) + bar('█', start, end);
  }

  /** Where a time is drawn; what never happened is past the end, what took time is visible. */
  private int column(OptionalLong nanos) {
    if (nanos.isEmpty()) {
      return width;
    }
    long column = Math.round((double) nanos.getAsLong() * width / endNanos);
    return nanos.getAsLong() == 0 ? 0 : Math.clamp(column, 1, width);
  }

  private static String bar(char fill, int from, int to) {
    return String.valueOf(fill).repeat(Math.max(0, to - from));
  }

  private String lane(String name, String drawn, String legend) {
    return ("%10s  %-" + width + "s  %s")
            .formatted(name, drawn, explained ? legend : "")
            .stripTrailing()
        + "\n";
  }
}
