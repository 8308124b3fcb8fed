package dev.aerostat.balloon.virtio.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.Pages;
import dev.aerostat.api.SparseMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** PFNs at the two ends of their 32 bits, and PFNs that change under the device's eyes. */
class RunFinderTest {
  private static final long LAST = Pages.LIMIT - 1;

  private static final int PFNS = 256;

  /** Added to a PFN of an odd place: another page of RAM. */
  private static final int OTHER = 0x4000;

  /** Added to a PFN of an even place: no RAM. Only one byte differs, so no read can be torn. */
  private static final int NO_RAM = 0x8000;

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

  @Test
  void whatTheGuestWritesMeanwhileIsReadOnce() throws IOException, InterruptedException {
    int[] pfns = IntStream.range(0, PFNS).toArray();
    try (SparseMemory memory =
            SparseMemory.allocate(List.of(new GuestRange(0, 96 * TestMemory.MIB)));
        Arena arena = Arena.ofShared()) {
      MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_INT, pfns);
      var done = new AtomicBoolean();
      var guest = new Thread(() -> rewrite(bytes, done));
      guest.start();
      try {
        for (int message = 0; message < 20_000; message++) {
          assertReadOnce(bytes, memory.guestMemory());
        }
      } finally {
        done.set(true);
        guest.join();
      }
    }
  }

  /** Makes one PFN after the other another page, or none at all, and puts it back. */
  private static void rewrite(MemorySegment bytes, AtomicBoolean done) {
    // Mostly the first and the last, where a run is told by its ends.
    int[] places = {0, 1, 0, 1, 2, 3, 100, 101, 254, 255};
    for (int turn = 0; !done.get(); turn++) {
      int place = places[turn % places.length];
      long second = (long) place * Integer.BYTES + 1;
      bytes.set(ValueLayout.JAVA_BYTE, second, (byte) ((place % 2 == 0 ? NO_RAM : OTHER) >>> 8));
      bytes.set(ValueLayout.JAVA_BYTE, second, (byte) 0);
      for (int pause = turn % 64; pause > 0; pause--) {
        Thread.onSpinWait();
      }
    }
  }

  /** Each place is a page that it named at some time, or a mistake; none is two. */
  private static void assertReadOnce(MemorySegment bytes, GuestMemory memory) {
    var pages = new ArrayList<Long>();
    int[] mistakes = new int[1];
    var finder =
        new RunFinder(memory, new PfnMeaning(1, true), told(pages), mistake -> mistakes[0]++);
    var events = new RecordingEvents();
    finder.begin();
    finder.addAll(events, bytes, 0, PFNS);
    finder.flush(events);
    assertEquals(PFNS, pages.size() + mistakes[0]);
    assertEquals(PFNS / 2, pages.stream().filter(page -> page % 2 == 1).count(), "odd places");
    long before = -1;
    for (long page : pages) {
      long place = page % PFNS;
      assertTrue(
          page == place || (place % 2 == 1 && page == place + OTHER),
          () -> "place %d never named page 0x%x".formatted(place, page));
      assertTrue(place > before, () -> "page 0x%x was told twice, or too late".formatted(page));
      before = place;
    }
  }

  private static RunSink told(List<Long> pages) {
    return new RunSink() {
      @Override
      public void run(BalloonEvents events, long first, long end, boolean descending) {
        LongStream.range(first, end).forEach(pages::add);
      }

      @Override
      public void badHugePage(BalloonEvents events, long pfn) {}
    };
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
      var events = new RecordingEvents();
      finder.begin();
      finder.addAll(events, MemorySegment.ofArray(words), 0, pfns.length);
      finder.flush(events);
      return told;
    }
  }
}
