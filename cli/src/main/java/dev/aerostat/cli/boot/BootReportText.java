package dev.aerostat.cli.boot;

import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.simulation.BootReport;
import dev.aerostat.simulation.BootReport.Timeline;
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

  private BootReportText(BootReport report, OptionalLong driverNanos) {
    this.report = report;
    this.driverNanos = driverNanos;
  }

  /**
   * Returns the text.
   *
   * @param report what came of the boot
   * @param driverNanos when the balloon driver loaded, if there was one and that is known
   * @return lines, each ended by a newline
   */
  static String of(BootReport report, OptionalLong driverNanos) {
    var story = new BootReportText(report, driverNanos);
    return story.title()
        + "\n\n"
        + story.events()
        + "\n"
        + BootChart.of(report, driverNanos).map(picture -> picture + "\n").orElse("")
        + BootCounts.of(report);
  }

  private String title() {
    return """
        %s of memory, %s of it never ballooned, balloon pages of %s
        %s · mapper %s · guest %s · seed %d"""
        .formatted(
            new ByteSize(report.memoryBytes()),
            new ByteSize(report.guestMinimumBytes()),
            new ByteSize(report.balloonPageBytes()),
            report.strategy(),
            report.mapper(),
            report.guest(),
            report.seed());
  }

  private String events() {
    Timeline timeline = report.timeline();
    List<Event> events = new ArrayList<>();
    events.add(new Event(OptionalLong.of(0), "the VMM starts, mapping begins"));
    if (driverNanos.isPresent()) {
      events.add(new Event(driverNanos, "the balloon driver loads"));
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
    events.sort(Comparator.comparingLong(event -> event.nanos().orElse(Long.MAX_VALUE)));
    return events.stream().map(Event::line).collect(Collectors.joining());
  }

  /** Something that happened once, or never did. */
  private record Event(OptionalLong nanos, String what) {
    String line() {
      String time =
          nanos.isPresent()
              ? String.format(Locale.ROOT, "%,.2f s", nanos.getAsLong() / NANOS_PER_SECOND)
              : "never";
      return "%10s  %s\n".formatted(time, what);
    }
  }
}
