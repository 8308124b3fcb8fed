package dev.aerostat.bench;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** The tables of ratios. A benchmark that was not run has no line. */
final class Tables {
  private static final String ABSENT = "-";

  private final Scores scores;
  private final PrintStream out;

  Tables(Scores scores, PrintStream out) {
    this.scores = scores;
    this.out = out;
  }

  void print() {
    tracker("inflate");
    tracker("deflate");
    queries("endOfRun");
    queries("pagesInGranule");
    queries("pagesInQuarter");
    messages();
    deflates();
    boots();
    scale();
    ranges();
  }

  private void tracker(String operation) {
    String benchmark = "TrackerBenchmark." + operation;
    if (scores.values(benchmark, "stream").isEmpty()) {
      return;
    }
    out.printf(
        "%n### Tracker, %s%n%n| stream | ours, ns | others' loop | / bitmap | found runs, / bitmap | / runs only"
            + " | / BitSet | Roaring / | TreeMap / | TreeRangeSet / |%n"
            + "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |%n",
        operation);
    for (String stream : scores.values(benchmark, "stream")) {
      OptionalDouble ours = tracker(benchmark, stream, PageSets.OURS);
      Stream messages = Stream.named(stream);
      int pages = (operation.equals("inflate") ? messages.inflate() : messages.deflate()).pages();
      row(
          stream,
          scaled(ours, 1.0 / pages),
          scaled(tracker(benchmark, stream, PageSets.OURS_PLAIN), 1.0 / pages),
          ratio(ours, tracker(benchmark, stream, PageSets.BITMAP)),
          ratio(
              tracker(benchmark, stream, PageSets.OURS_FOUND),
              tracker(benchmark, stream, PageSets.BITMAP_FOUND)),
          ratio(ours, tracker(benchmark, stream, PageSets.RUNS_ONLY)),
          ratio(ours, tracker(benchmark, stream, PageSets.BITSET)),
          ratio(tracker(benchmark, stream, PageSets.ROARING), ours),
          ratio(tracker(benchmark, stream, PageSets.TREEMAP), ours),
          ratio(tracker(benchmark, stream, PageSets.GUAVA), ours));
    }
  }

  private OptionalDouble tracker(String benchmark, String stream, String tracker) {
    return scores.best(benchmark, Map.of("stream", stream, "tracker", tracker));
  }

  private void queries(String query) {
    String benchmark = "QueryBenchmark." + query;
    if (scores.values(benchmark, "ranges").isEmpty()) {
      return;
    }
    out.printf(
        "%n### Query, %s%n%n| GiB | ranges | ours, ns | ours / bitmap | BitSet / ours | TreeRangeSet / ours |%n"
            + "| --- | --- | --- | --- | --- | --- |%n",
        query);
    for (String gib : scores.values(benchmark, "memoryGib")) {
      for (String ranges : scores.values(benchmark, "ranges")) {
        OptionalDouble ours = query(benchmark, gib, ranges, PageSets.OURS);
        row(
            gib,
            ranges,
            scaled(ours, 1),
            ratio(ours, query(benchmark, gib, ranges, PageSets.BITMAP)),
            ratio(query(benchmark, gib, ranges, PageSets.BITSET), ours),
            ratio(query(benchmark, gib, ranges, PageSets.GUAVA), ours));
      }
    }
  }

  private OptionalDouble query(String benchmark, String gib, String ranges, String tracker) {
    return scores.best(benchmark, Map.of("memoryGib", gib, "ranges", ranges, "tracker", tracker));
  }

  private void messages() {
    String benchmark = "MessageBenchmark.toAcknowledgement";
    if (scores.values(benchmark, "stream").isEmpty()) {
      return;
    }
    out.printf(
        "%n### Inflate message, guest memory to acknowledgement%n%n"
            + "| stream | ns a message | / floor | / with bitmap | bytes allocated |%n"
            + "| --- | --- | --- | --- | --- |%n");
    for (String stream : scores.values(benchmark, "stream")) {
      var of = Map.of("stream", stream, "tracker", PageSets.OURS);
      OptionalDouble ours = scores.best(benchmark, of);
      row(
          stream,
          scaled(ours, 1),
          ratio(ours, scores.best("MessageBenchmark.floor", Map.of("stream", stream))),
          ratio(ours, tracker(benchmark, stream, PageSets.BITMAP)),
          figure("%.3f", scores.bytesAllocated(benchmark, of)));
    }
  }

  private void deflates() {
    String benchmark = "DeflateBenchmark.toAcknowledgement";
    if (scores.values(benchmark, "stream").isEmpty()) {
      return;
    }
    out.printf(
        "%n### Deflate message of mapped pages, through the engine to the acknowledgement%n%n"
            + "| stream | ns a message | / with bitmap | bytes allocated |%n"
            + "| --- | --- | --- | --- |%n");
    for (String stream : scores.values(benchmark, "stream")) {
      var of = Map.of("stream", stream, "tracker", PageSets.OURS);
      OptionalDouble ours = scores.best(benchmark, of);
      row(
          stream,
          scaled(ours, 1),
          ratio(ours, tracker(benchmark, stream, PageSets.BITMAP)),
          figure("%.3f", scores.bytesAllocated(benchmark, of)));
    }
  }

  private void boots() {
    String benchmark = "BootBenchmark.boot";
    if (scores.values(benchmark, "memoryGib").isEmpty()) {
      return;
    }
    out.printf(
        "%n### Simulated boot, milliseconds%n%n| GiB | 4 KiB pages | 2 MiB pages |%n"
            + "| --- | --- | --- |%n");
    for (String gib : scores.values(benchmark, "memoryGib")) {
      row(
          gib,
          figure("%.0f", scores.best(benchmark, boot(gib, "4"))),
          figure("%.0f", scores.best(benchmark, boot(gib, "2048"))));
    }
  }

  private static Map<String, String> boot(String gib, String balloonPageKib) {
    return Map.of("memoryGib", gib, "balloonPageKib", balloonPageKib);
  }

  private void scale() {
    String benchmark = "ScaleBenchmark.inflateDescending";
    var sizes = scores.values(benchmark, "memoryGib");
    if (sizes.isEmpty()) {
      return;
    }
    out.printf(
        "%n### Descending message of 256 pages, by size of the guest%n%n"
            + "| GiB | ns a message | / the smallest guest's |%n| --- | --- | --- |%n");
    OptionalDouble least = scores.best(benchmark, Map.of("memoryGib", sizes.getFirst()));
    for (String gib : sizes) {
      OptionalDouble ours = scores.best(benchmark, Map.of("memoryGib", gib));
      row(gib, scaled(ours, 1), ratio(ours, least));
    }
  }

  private void ranges() {
    String benchmark = "RangesBenchmark.deflateAndInflate";
    if (scores.values(benchmark, "ranges").isEmpty()) {
      return;
    }
    out.printf(
        "%n### A page out and in again at random places of 384 GiB%n%n"
            + "| ranges | ours, ns | ours / bitmap | ours / BitSet | RoaringBitmap / ours |%n"
            + "| --- | --- | --- | --- | --- |%n");
    for (String ranges : scores.values(benchmark, "ranges")) {
      OptionalDouble ours = ranges(benchmark, ranges, PageSets.OURS);
      row(
          ranges,
          scaled(ours, 1),
          ratio(ours, ranges(benchmark, ranges, PageSets.BITMAP)),
          ratio(ours, ranges(benchmark, ranges, PageSets.BITSET)),
          ratio(ranges(benchmark, ranges, PageSets.ROARING), ours));
    }
  }

  private OptionalDouble ranges(String benchmark, String ranges, String tracker) {
    return scores.best(benchmark, Map.of("ranges", ranges, "tracker", tracker));
  }

  private void row(String... cells) {
    out.println("| " + String.join(" | ", cells) + " |");
  }

  private static String scaled(OptionalDouble score, double factor) {
    return score.isPresent()
        ? figure("%.2f", OptionalDouble.of(score.getAsDouble() * factor))
        : ABSENT;
  }

  private static String ratio(OptionalDouble one, OptionalDouble other) {
    return one.isPresent() && other.isPresent()
        ? figure("%.2f", OptionalDouble.of(one.getAsDouble() / other.getAsDouble()))
        : ABSENT;
  }

  private static String figure(String format, OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble()) : ABSENT;
  }
}
