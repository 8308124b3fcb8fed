package dev.aerostat.vmm.command;

import dev.aerostat.vmm.MachineSettings;
import dev.aerostat.vmm.Moment;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Collectors;

/** A run as a person reads it: what it was, what happened when, what was counted. */
final class ReportText {
  private static final double NANOS_PER_SECOND = 1e9;

  private ReportText() {}

  static String of(TimelineReport report) {
    return title(report) + "\n" + events(report) + "\n" + counts(report);
  }

  private static String title(TimelineReport report) {
    MachineSettings settings = report.settings();
    return "%s of memory, %d vCPU%s, balloon on virtio-%s, balloon pages of %s%n"
            .formatted(
                MemorySize.words(settings.memoryBytes()),
                settings.processors(),
                settings.processors() == 1 ? "" : "s",
                lower(settings.transport()),
                settings.hugeBalloonPages() ? "2 MiB offered" : "4 KiB")
        + "%s · mapper %s%n".formatted(lower(settings.strategy()), report.mapper());
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static String events(TimelineReport report) {
    return Arrays.stream(Moment.values())
        .filter(moment -> report.timeline().nanos(moment).isPresent())
        .sorted(Comparator.comparingLong(m -> report.timeline().nanos(m).orElseThrow()))
        .map(moment -> line(report, moment))
        .collect(Collectors.joining());
  }

  private static String line(TimelineReport report, Moment moment) {
    double seconds = report.timeline().nanos(moment).orElseThrow() / NANOS_PER_SECOND;
    return String.format(Locale.ROOT, "%,8.2f s  %s%n", seconds, words(report, moment));
  }

  private static String words(TimelineReport report, Moment moment) {
    return switch (moment) {
      case INFLATED ->
          "%s: %s"
              .formatted(moment.words(), MemorySize.words(report.timeline().mostBalloonedBytes()));
      case ENDED -> "%s: %s".formatted(moment.words(), report.end().how());
      default -> moment.words();
    };
  }

  private static String counts(TimelineReport report) {
    return "inflate  %,d pages in %,d messages%n"
            .formatted(report.engine().inflatePages(), report.engine().inflateMessages())
        + "deflate  %,d pages in %,d messages%n"
            .formatted(report.engine().deflatePages(), report.engine().deflateMessages())
        + "map      %,d calls, %s; %,d refusals%n"
            .formatted(
                report.engine().maps(),
                MemorySize.words(report.engine().mappedBytes()),
                report.engine().refusals())
        + "driver   %,d resets, mistakes %s%n"
            .formatted(report.balloon().resets(), report.balloon().mistakes());
  }
}
