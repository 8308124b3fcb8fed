package dev.aerostat.cli.jfr;

import dev.aerostat.cli.jfr.RecordedEngine.Kind;
import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.cli.text.NumberFormats;
import dev.aerostat.cli.text.TextTable;
import dev.aerostat.cli.text.TimeSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordedEvent;

/** Prints what a recording holds about an engine. */
final class RecordedEngineText {
  private static final double NANOS_PER_SECOND = 1e9;

  private RecordedEngineText() {}

  static String of(RecordedEngine engine, int columns) {
    return "%s\n\n%s\n%s\n%s"
        .formatted(
            title(engine),
            timeline(engine),
            times(engine, columns),
            engine.totals().map(RecordedEngineText::totals).orElse("no totals were recorded\n"));
  }

  private static String title(RecordedEngine engine) {
    return "engine %d, %s of memory%s"
        .formatted(
            engine.number(),
            new ByteSize(engine.memoryBytes()),
            engine.simulated() ? ", in a simulation's time" : "");
  }

  private static String timeline(RecordedEngine engine) {
    return engine.timeline().stream()
        .map(
            moment ->
                String.format(
                    Locale.ROOT,
                    "%,12.3f s  %s\n",
                    moment.nanos() / NANOS_PER_SECOND,
                    moment.what()))
        .collect(Collectors.joining());
  }

  private static String times(RecordedEngine engine, int columns) {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("", "count", "memory", "median", "99 %", "longest", "in all", "refused"));
    for (Kind kind : Kind.values()) {
      CallTimes times = engine.times(kind);
      if (times.count() > 0) {
        rows.add(row(kind, times));
      }
    }
    return TextTable.of(rows, columns);
  }

  private static List<String> row(Kind kind, CallTimes times) {
    return List.of(
        kind.words(),
        NumberFormats.count(times.count()),
        kind == Kind.RESET ? "-" : new ByteSize(times.bytes()).toString(),
        new TimeSpan(times.percentile(50)).toString(),
        new TimeSpan(times.percentile(99)).toString(),
        new TimeSpan(times.maxNanos()).toString(),
        new TimeSpan(times.totalNanos()).toString(),
        NumberFormats.count(times.refused()));
  }

  private static String totals(RecordedEvent totals) {
    return """
        inflated  %s in %s
        deflated  %s in %s, %s of it not mapped when asked for
        at last   %s, gate %s
        besides   %s, %s, %s, DMA wanted too early: %d
        """
        .formatted(
            size(totals, "inflatedBytes"),
            count(totals, "inflateMessages", "message"),
            size(totals, "deflatedBytes"),
            count(totals, "deflateMessages", "message"),
            size(totals, "onDemandBytes"),
            RecordedEngine.state(totals),
            totals.getBoolean("gateOpen") ? "open" : "closed",
            count(totals, "refusals", "refusal"),
            count(totals, "resets", "reset"),
            count(totals, "mistakes", "guest mistake"),
            totals.getLong("dmaWanted"));
  }

  private static String size(RecordedEvent totals, String field) {
    return new ByteSize(totals.getLong(field)).toString();
  }

  private static String count(RecordedEvent totals, String field, String noun) {
    return NumberFormats.count(totals.getLong(field), noun);
  }
}
