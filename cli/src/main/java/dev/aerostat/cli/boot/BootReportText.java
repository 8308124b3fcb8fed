package dev.aerostat.cli.boot;

import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.cli.text.WrappedLine;
import dev.aerostat.simulation.BootReport;
import dev.aerostat.simulation.BootReport.Timeline;
import dev.aerostat.simulation.Withholding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** The text of a boot, as a person enjoys reading it: what happened when, a picture, the counts. */
final class BootReportText {
  private static final double NANOS_PER_SECOND = 1e9;

  private final BootReport report;
  private final OptionalLong driverNanos;
  private final int columns;

  private BootReportText(BootReport report, OptionalLong driverNanos, int columns) {
    this.report = report;
    this.driverNanos = driverNanos;
    this.columns = columns;
  }

  /**
   * Returns the text.
   *
   * @param report what came of the boot
   * @param driverNanos when the balloon driver loaded, if there was one and that is known
   * @param columns how wide lines may be
   * @return lines, each ended by a newline
   */
  static String of(BootReport report, OptionalLong driverNanos, int columns) {
    var story = new BootReportText(report, driverNanos, columns);
    return story.title()
        + "\n"
        + story.events()
        + "\n"
        + BootChart.of(report, driverNanos, columns).map(picture -> picture + "\n").orElse("")
        + BootCounts.of(report, columns);
  }

  private String title() {
    String guest = guest();
    String run =
        "%s · mapper %s · guest %s · seed %d"
            .formatted(report.strategy(), report.mapper(), report.guest(), report.seed());
    return WrappedLine.of(guest, 0, columns) + WrappedLine.of(run, 0, columns);
  }

  private String guest() {
    var memory = new ByteSize(report.memoryBytes());
    var minimum = new ByteSize(report.guestMinimumBytes());
    return switch (report.withholding()) {
      case BALLOON ->
          "%s of memory, %s of it never ballooned, balloon pages of %s"
              .formatted(memory, minimum, new ByteSize(report.balloonPageBytes()));
      case VIRTIO_MEM ->
          "%s of memory, %s of it from the start, the rest by virtio-mem"
              .formatted(memory, minimum);
    };
  }

  private boolean plugs() {
    return report.withholding() == Withholding.VIRTIO_MEM;
  }

  private String events() {
    Timeline timeline = report.timeline();
    List<Event> events = new ArrayList<>();
    events.add(new Event(OptionalLong.of(0), "the VMM starts, mapping begins"));
    if (driverNanos.isPresent()) {
      events.add(
          new Event(
              driverNanos, plugs() ? "the virtio-mem driver loads" : "the balloon driver loads"));
    }
    if (report.inflate().messages() > 0) {
      events.add(new Event(timeline.inflatedNanos(), "the balloon is inflated"));
    }
    events.add(new Event(timeline.dmaReadyNanos(), "the gate opens: ready for DMA"));
    events.add(new Event(timeline.fullyMappedNanos(), "all memory is mapped"));
    if (report.inflate().messages() > 0) {
      events.add(
          new Event(
              timeline.balloonEmptyNanos(), "the balloon is empty: the guest has all its memory"));
    }
    if (plugs()) {
      events.add(
          new Event(timeline.pluggedNanos(), "all is plugged: the guest has all its memory"));
    }
    events.sort(Comparator.comparingLong(event -> event.nanos().orElse(Long.MAX_VALUE)));
    return events.stream().map(event -> event.line(columns)).collect(Collectors.joining());
  }

  /** Something that happened once, or never did. */
  private record Event(OptionalLong nanos, String what) {
    String line(int columns) {
      String time =
          nanos.isPresent()
              ? String.format(Locale.ROOT, "%,.2f s", nanos.getAsLong() / NANOS_PER_SECOND)
              : "never";
      return WrappedLine.labelled(time, what, columns);
    }
  }
}
