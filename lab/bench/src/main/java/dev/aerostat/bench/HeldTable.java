package dev.aerostat.bench;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** What each set holds of the heap, stream by stream. */
final class HeldTable {
  private static final List<String> SETS =
      List.of(
          PageSets.OURS,
          PageSets.BITMAP,
          PageSets.BITSET,
          PageSets.ROARING,
          PageSets.TREEMAP,
          PageSets.GUAVA);

  private HeldTable() {}

  /** Measures and prints. */
  static void print(PrintStream out, boolean quick) {
    out.printf(
        "%n### Heap held at the peak of inflation, KiB%n%n| stream | %s |%n|%s%n",
        String.join(" | ", SETS), " --- |".repeat(SETS.size() + 1));
    for (String name : quick ? List.of(Stream.FRAGMENTED) : Stream.NAMES) {
      Stream stream = Stream.named(name);
      out.print("| " + name);
      for (String set : SETS) {
        long bytes = HeldBytes.atPeak(() -> PageSets.named(set, stream.ram()), stream.inflate());
        out.printf(Locale.ROOT, " | %.1f", bytes / 1024.0);
      }
      out.println(" |");
    }
  }
}
