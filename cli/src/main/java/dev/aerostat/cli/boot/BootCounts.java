package dev.aerostat.cli.boot;

import dev.aerostat.api.Pages;
import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.cli.text.NumberFormats;
import dev.aerostat.cli.text.TimeSpan;
import dev.aerostat.cli.text.WrappedLine;
import dev.aerostat.simulation.BootReport;
import dev.aerostat.simulation.BootReport.Deflate;
import dev.aerostat.simulation.BootReport.Inflate;

/** What a boot comes to in numbers, a line for each subject. */
final class BootCounts {
  private final StringBuilder lines = new StringBuilder();
  private final int columns;

  private BootCounts(int columns) {
    this.columns = columns;
  }

  /**
   * Counts.
   *
   * @param report what came of the boot
   * @param columns how wide lines may be
   * @return lines, each ended by a newline
   */
  static String of(BootReport report, int columns) {
    var counts = new BootCounts(columns);
    if (report.inflate().messages() > 0) {
      counts.inflate(report);
    }
    if (report.deflate().messages() > 0) {
      counts.deflate(report.deflate());
    }
    if (report.plug().requests() > 0) {
      counts.plug(report.plug());
    }
    counts.map(report.map());
    if (report.refusals().count() > 0) {
      counts.line(
          "host", "refused %s".formatted(NumberFormats.count(report.refusals().count(), "call")));
    }
    counts.line("rules", rules(report));
    return counts.lines.toString();
  }

  /** Returns a sentence about whether the rules were kept. */
  static String rules(BootReport report) {
    return report.violations() == 0
        ? "all kept: the observer saw no breach"
        : "broken %s; the first breach: %s"
            .formatted(NumberFormats.count(report.violations(), "time"), report.firstViolation());
  }

  private void inflate(BootReport report) {
    Inflate inflate = report.inflate();
    line(
        "inflate",
        "%s gave %s, in %s"
            .formatted(
                NumberFormats.count(inflate.messages(), "message"),
                pages(inflate.pages()),
                NumberFormats.count(inflate.runs(), "run")));
    line(
        "tracker",
        "at most %s, in %s"
            .formatted(
                NumberFormats.count(inflate.peakRanges(), "range"),
                new ByteSize(report.trackerPeakBytes())));
  }

  private void deflate(Deflate deflate) {
    line(
        "deflate",
        "%s took back %s"
            .formatted(NumberFormats.count(deflate.messages(), "message"), pages(deflate.pages())));
    line(
        "",
        "%s of them mapped in advance, %s on demand (%s)"
            .formatted(
                NumberFormats.percent(deflate.preMappedPages(), deflate.pages()),
                NumberFormats.percent(deflate.onDemandPages(), deflate.pages()),
                NumberFormats.count(deflate.onDemandMaps(), "map")));
    deflate.ackNanosMax().ifPresent(longest -> line("", answers(deflate, longest)));
  }

  private static String answers(Deflate deflate, long longest) {
    return longest == 0
        ? "all answered at once"
        : "answered within %s (half of them), %s (99 %%), %s (all)"
            .formatted(
                new TimeSpan(deflate.ackNanosP50().orElse(longest)),
                new TimeSpan(deflate.ackNanosP99().orElse(longest)),
                new TimeSpan(longest));
  }

  private void plug(BootReport.Plug plug) {
    line(
        "plug",
        "%s for %s; %s"
            .formatted(
                NumberFormats.count(plug.requests(), "request"),
                new ByteSize(plug.bytes()),
                plug.waited() == 0
                    ? "all answered at once"
                    : "%s waited for a map, %s at most"
                        .formatted(
                            NumberFormats.count(plug.waited(), "request"),
                            new TimeSpan(plug.waitNanosMax()))));
  }

  private void map(BootReport.Map map) {
    line(
        "map",
        "%s for %s; %s at the end, %s at most"
            .formatted(
                NumberFormats.count(map.calls(), "call"),
                new ByteSize(map.bytes()),
                NumberFormats.count(map.liveMappings(), "mapping"),
                NumberFormats.count(map.peakMappings())));
    line(
        "",
        "%s in map calls, %s of populating"
            .formatted(new TimeSpan(map.busyNanos()), new TimeSpan(map.populateBusyNanos())));
  }

  private static String pages(long pages) {
    return "%s (%s)"
        .formatted(NumberFormats.count(pages, "page"), new ByteSize(pages * Pages.SIZE));
  }

  private void line(String subject, String text) {
    lines.append(WrappedLine.labelled(subject, text, columns));
  }
}
