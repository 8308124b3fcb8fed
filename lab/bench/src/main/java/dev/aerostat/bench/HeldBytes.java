package dev.aerostat.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What each set holds when a stream is inflated whole, as the heap shrinks when it goes. */
final class HeldBytes {
  private HeldBytes() {}

  static void print(PrintStream out, boolean quick) {
    out.printf("%n### KiB held with the whole stream inflated%n%n| stream |");
    List<String> sets = PageSets.NAMES.stream().filter(HeldBytes::holdsPages).toList();
    sets.forEach(name -> out.print(" " + name + " |"));
    out.printf("%n| --- |%s%n", " --- |".repeat(sets.size()));
    for (String name : streams(quick)) {
      var stream = Stream.named(name);
      out.print("| " + name + " |");
      sets.forEach(set -> out.printf(Locale.ROOT, " %.0f |", bytesOf(set, stream) / 1024.0));
      out.println();
    }
  }

  private static boolean holdsPages(String set) {
    return !set.equals(PageSets.RUNS_ONLY);
  }

  private static List<String> streams(boolean quick) {
    var names = new ArrayList<>(List.of(Stream.DESCENDING, Stream.BUDDY));
    if (!quick) {
      names.add(Stream.FRAGMENTED);
    }
    names.addAll(Recording.NAMES);
    return names;
  }

  /** What the heap has more of than before. */
  private static long bytesOf(String name, Stream stream) {
    long before = used();
    PageSet set = PageSets.named(name, stream.ram());
    set.inflate(stream.inflate());
    long held = used() - before;
    // Alive until here: its pages are asked for.
    return set.pagesIn(0, 1) >= 0 ? Math.max(0, held) : 0;
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    System.gc();
    System.gc();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
