package dev.aerostat.cli.selftest;

import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.cli.text.NumberFormats;
import dev.aerostat.cli.text.Release;
import dev.aerostat.cli.text.WrappedLine;
import dev.aerostat.mapper.contract.ClauseOutcome;
import dev.aerostat.mapper.contract.ProbedSource;
import dev.aerostat.mapper.spi.MapperLimits;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The text of a self-test, as it goes into a bug report: the host, a line for each clause, a
 * verdict.
 */
final class SelftestText {
  private final StringBuilder lines = new StringBuilder();

  private final int columns;

  private SelftestText(int columns) {
    this.columns = columns;
  }

  /** Returns the text, in lines each ended by a newline, so wide at most. */
  static String of(Selftest selftest, int columns) {
    var story = new SelftestText(columns);
    story.host(selftest.host());
    selftest.source().ifPresent(story::limits);
    story.lines.append('\n');
    selftest.results().forEach(story::clause);
    if (!selftest.results().isEmpty()) {
      story.lines.append('\n');
    }
    story.line("verdict", verdict(selftest));
    return story.lines.toString();
  }

  private void host(TestedHost host) {
    line("aerostat", Release.name());
    line("kernel", host.kernel());
    line("java", host.java());
    line("mapper", host.mapper() + options(host.options()));
    line("", (host.available() ? "available: " : "not available: ") + host.detail());
    line("memlock", host.memoryLock());
  }

  private static String options(Map<String, String> options) {
    return options.entrySet().stream()
        .map(option -> " %s=%s".formatted(option.getKey(), option.getValue()))
        .collect(Collectors.joining());
  }

  private void limits(ProbedSource source) {
    MapperLimits limits = source.limits();
    line("page sizes", pageSizes(limits.pageSizes()));
    line("mappings", entries(limits));
    line(
        "addresses",
        limits.iovaRanges().stream().map(String::valueOf).collect(Collectors.joining(", ")));
    line(
        "unmapping",
        "what is not mapped " + (source.refusesEmptyUnmap() ? "is refused" : "gives 0 bytes"));
  }

  static String pageSizes(long mask) {
    return LongStream.range(0, Long.SIZE)
        .filter(bit -> (mask >>> bit & 1) != 0)
        .mapToObj(bit -> bit < Long.SIZE - 1 ? new ByteSize(1L << bit).toString() : "8 EiB")
        .collect(Collectors.joining(", "));
  }

  private static String entries(MapperLimits limits) {
    String left =
        limits.entriesLeft() == MapperLimits.UNLIMITED
            ? "as many as there is memory for"
            : NumberFormats.count(limits.entriesLeft());
    return left + (limits.concurrentMaps() ? ", several at a time" : ", one at a time");
  }

  private void clause(Selftest.Result result) {
    String text = result.clause().text();
    switch (result.outcome()) {
      case ClauseOutcome.Passed _ -> line("passed", text);
      case ClauseOutcome.NotApplicable(String why) -> {
        line("n/a", text);
        line("", why);
      }
      case ClauseOutcome.Failed(String what, _) -> {
        line("FAILED", text);
        line("", what);
      }
    }
  }

  private static String verdict(Selftest selftest) {
    return selftest
        .failure()
        .map(failure -> "failed: " + failure)
        .orElseGet(
            () ->
                "passed: %s held; not applicable here: %s"
                    .formatted(
                        NumberFormats.count(selftest.count(ClauseOutcome.Passed.class), "clause"),
                        NumberFormats.count(selftest.count(ClauseOutcome.NotApplicable.class))));
  }

  private void line(String subject, String text) {
    lines.append(WrappedLine.labelled(subject, text, columns));
  }
}
