package dev.aerostat.balloon.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.Pages;
import dev.aerostat.api.SparseMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** PFNs at the two ends of their 32 bits. */
class RunFinderTest {
  private static final long LAST = Pages.LIMIT - 1;

  @Test
  void aRunMayReachTheLastPfn() throws IOException {
    assertEquals(List.of("fffffffc-100000000"), runsOf(LAST - 3, LAST - 2, LAST - 1, LAST));
  }

  @Test
  void aRunMayDescendFromTheLastPfn() throws IOException {
    assertEquals(List.of("fffffffc-100000000 down"), runsOf(LAST, LAST - 1, LAST - 2, LAST - 3));
  }

  @Test
  void aRunMayDescendToPageZero() throws IOException {
    assertEquals(List.of("0-4 down"), runsOf(3, 2, 1, 0));
  }

  @Test
  void theLastPfnIsNotCarriedOnByTheFirst() throws IOException {
    assertEquals(
        List.of("fffffffe-100000000", "0-2", "fffffffe-100000000 down"),
        runsOf(LAST - 1, LAST, 0, 1, LAST, LAST - 1));
    assertEquals(List.of("0-2 down", "fffffffe-100000000 down"), runsOf(1, 0, LAST, LAST - 1));
  }

  private static List<String> runsOf(long... pfns) throws IOException {
    var ram =
        List.of(
            new GuestRange(0, TestMemory.MIB),
            new GuestRange(Pages.ADDRESS_LIMIT - TestMemory.MIB, Pages.ADDRESS_LIMIT));
    var told = new ArrayList<String>();
    RunSink sink =
        new RunSink() {
          @Override
          public void run(BalloonEvents events, long first, long end, boolean descending) {
            told.add("%x-%x".formatted(first, end) + (descending ? " down" : ""));
          }

          @Override
          public void badHugePage(BalloonEvents events, long pfn) {}
        };
    int[] words = new int[pfns.length];
    for (int i = 0; i < pfns.length; i++) {
      words[i] = (int) pfns[i];
    }
    try (SparseMemory memory = SparseMemory.allocate(ram)) {
      var finder =
          new RunFinder(memory.guestMemory(), new PfnMeaning(1, true), sink, mistake -> {});
      var events = new Heard();
      finder.begin();
      finder.addAll(events, MemorySegment.ofArray(words), 0, pfns.length);
      finder.flush(events);
      return told;
    }
  }
}
