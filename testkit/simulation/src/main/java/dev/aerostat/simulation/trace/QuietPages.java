package dev.aerostat.simulation.trace;

import dev.aerostat.api.GuestRange;
import dev.aerostat.simulation.trace.TraceLine.PageRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;

/** Finds memory that a recorded guest never ballooned: a replay's rings and buffers go there. */
public final class QuietPages {
  private QuietPages() {}

  /**
   * Reads a whole trace and finds neighbouring pages below 4 GiB that no message names. Page 0 is
   * left alone, so that no address is 0.
   *
   * @param file the trace
   * @param count how many pages, 1 or more
   * @return the lowest such range, or empty if there is none
   * @throws TraceFormatException if the trace is not as it must be
   * @throws IOException if the file cannot be read
   */
  public static Optional<GuestRange> find(Path file, int count) throws IOException {
    try (TraceReader trace = TraceReader.open(file)) {
      int end = (int) trace.header().ram().getFirst().endPage();
      BitSet named = namedBelow(end, trace);
      int first = named.nextClearBit(1);
      while (first + count <= end) {
        int next = named.nextSetBit(first);
        if (next < 0 || next - first >= count) {
          return Optional.of(GuestRange.ofPages(first, first + count));
        }
        first = named.nextClearBit(next);
      }
      return Optional.empty();
    }
  }

  private static BitSet namedBelow(int end, TraceReader trace) throws IOException {
    var named = new BitSet(end);
    for (var line = trace.next(); line.isPresent(); line = trace.next()) {
      if (line.orElseThrow() instanceof TraceLine.Message message) {
        for (PageRun run : message.runs()) {
          if (run.firstPage() < end) {
            named.set((int) run.firstPage(), (int) run.endPage());
          }
        }
      }
    }
    return named;
  }
}
