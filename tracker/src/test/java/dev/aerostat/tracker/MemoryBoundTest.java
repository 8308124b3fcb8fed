package dev.aerostat.tracker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.Pages;
import dev.aerostat.api.SparseMemory;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A guest chooses what it inflates; it must not choose how much memory that costs the host. */
final class MemoryBoundTest {
  /** 1.25 bits a page and 64 KiB. */
  private static long bound(GuestMemory memory) {
    return memory.pages() * 5 / 32 + (64 << 10);
  }

  static Stream<List<GuestRange>> guests() {
    return Stream.of(
        List.of(new GuestRange(0, Pages.SIZE)),
        TrackedGuests.q35(16 * TrackedGuests.MIB),
        TrackedGuests.q35(3 * TrackedGuests.GIB),
        TrackedGuests.q35(20 * TrackedGuests.GIB),
        eightRegionsAcrossTheEdgesOfEveryNode(),
        List.of(
            GuestRange.ofLength(0, 64 * TrackedGuests.MIB),
            new GuestRange(Pages.ADDRESS_LIMIT - TrackedGuests.GIB, Pages.ADDRESS_LIMIT)));
  }

  private static List<GuestRange> eightRegionsAcrossTheEdgesOfEveryNode() {
    return Stream.iterate(1, i -> i + 1)
        .limit(8)
        .map(
            i ->
                GuestRange.ofLength(i * 1024 * TrackedGuests.GIB - 7 * Pages.SIZE, 33 * Pages.SIZE))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("guests")
  void pagesAtAnyDistanceFromOneAnotherStayWithinTheBound(List<GuestRange> ranges)
      throws IOException {
    TrackedGuests.onGuest(
        ranges,
        (tracker, granules) -> {
          for (long stride = 2; stride <= TrackedGuests.PAGES_A_GIB; stride *= 2) {
            inflateEvery(stride, tracker, granules.memory());
            assertWithinBound(tracker, granules, "inflated every page of " + stride);
            tracker.clear();
            assertWithinBound(tracker, granules, "cleared");
          }
        });
  }

  @ParameterizedTest
  @MethodSource("guests")
  void gapsAtAnyDistanceFromOneAnotherStayWithinTheBound(List<GuestRange> ranges)
      throws IOException {
    TrackedGuests.onGuest(
        ranges,
        (tracker, granules) -> {
          for (long stride = 2; stride <= TrackedGuests.PAGES_A_GIB; stride *= 2) {
            inflateAll(tracker, granules.memory());
            deflateEvery(stride, tracker, granules.memory());
            assertWithinBound(tracker, granules, "deflated every page of " + stride);
          }
        });
  }

  @ParameterizedTest
  @MethodSource("guests")
  void randomMessagesStayWithinTheBound(List<GuestRange> ranges) throws IOException {
    var random = new Random(20);
    TrackedGuests.onGuest(
        ranges,
        (tracker, granules) -> {
          for (int message = 0; message < 50_000; message++) {
            GuestRange region = ranges.get(random.nextInt(ranges.size()));
            long first = random.nextLong(region.firstPage(), region.endPage());
            long end = Math.min(region.endPage(), first + 1 + random.nextInt(8));
            if (random.nextInt(3) > 0) {
              tracker.inflate(first, end, true);
            } else {
              tracker.deflate(first, end);
            }
          }
          assertWithinBound(tracker, granules, "random");
        });
  }

  @Test
  void anUnfragmentedBitmapTakesLittleBesideWhatItTakesFromTheStart() throws IOException {
    TrackedGuests.onGranules(
        TrackedGuests.q35(20 * TrackedGuests.GIB),
        granules -> {
          var tracker = new BitmapTracker(granules);
          inflateTwoRanges(tracker);
          long order = 8L * granules.count();
          long blocks = 13 * granules.memory().bytes() / (16 * TrackedGuests.MIB);
          assertTrue(tracker.heldBytes() - order - blocks < 6 << 10, () -> held(tracker));
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {20, 384, 12 << 10})
  void anUnfragmentedTreeTakesAFewKibWhateverTheGuestsSize(long gib) throws IOException {
    TrackedGuests.onGranules(
        TrackedGuests.q35(gib * TrackedGuests.GIB),
        granules -> {
          var tracker = new IntervalTreeTracker(granules);
          assertTrue(tracker.heldBytes() < 3 << 10, () -> "new: " + held(tracker));
          inflateTwoRanges(tracker);
          assertTrue(tracker.heldBytes() < 3 << 10, () -> held(tracker));
          inflateAll(tracker, granules.memory());
          assertTrue(tracker.heldBytes() < 3 << 10, () -> "all inflated: " + held(tracker));
        });
  }

  /** What drivers of balloon pages of 2 MiB send, by the pages that go the other way. */
  @ParameterizedTest
  @CsvSource({
    // The pages of a message in reverse, as Linux has them in a list, and messages of another size.
    "1, 256",
    "20, 256",
    "384, 256",
    "12288, 256",
    "384, 96",
    // Two pages of each free block of 4 MiB, the blocks in the other order.
    "1, 2",
    "20, 2",
    "384, 2",
    "12288, 2",
    // All one way.
    "1, 1",
    "20, 1",
    "384, 1",
    "12288, 1"
  })
  void aBootWithLargePagesTakesAtMost4KibOfTreeWhateverTheGuestsSize(long gib, int reversed)
      throws IOException {
    for (long granule :
        List.of(2 * TrackedGuests.MIB, 8 * TrackedGuests.MIB, 256 * TrackedGuests.MIB)) {
      for (boolean up : List.of(true, false)) {
        try (SparseMemory memory =
            SparseMemory.allocate(TrackedGuests.q35(gib * TrackedGuests.GIB))) {
          var tracker = new IntervalTreeTracker(Granules.of(memory.guestMemory(), granule));
          bootWithLargePages(tracker, reversed, up);
        }
      }
    }
  }

  /**
   * Inflates all but 200 MiB, which is no whole number of messages or granules, and deflates it.
   */
  private static void bootWithLargePages(BalloonTracker tracker, int reversed, boolean up) {
    GuestMemory memory = tracker.granules().memory();
    for (int region = 0; region < memory.regionCount(); region++) {
      GuestRange range = memory.region(region).range();
      long first = range.firstPage() + (region == 0 ? 100 * 512 : 0);
      long blocks = Math.ceilDiv(range.endPage() - first, reversed * 512L);
      for (long block = 0; block < blocks; block++) {
        long from = first + (up ? block : blocks - 1 - block) * reversed * 512L;
        long end = Math.min(from + reversed * 512L, range.endPage());
        tracker.inflate(from, end, up);
        assertTrue(tracker.heldBytes() <= 4 << 10, () -> "inflating, " + held(tracker));
      }
    }
    assertTrue(tracker.pages() > 0);
    for (int granule = tracker.mostRecentGranule();
        granule != BalloonTracker.NONE;
        granule = tracker.mostRecentGranule()) {
      long first = tracker.granules().firstPage(granule);
      tracker.deflate(first, tracker.granules().endPage(granule));
      assertTrue(tracker.heldBytes() <= 4 << 10, () -> "deflating, " + held(tracker));
    }
    assertEquals(0, tracker.pages());
  }

  private static void inflateTwoRanges(BalloonTracker tracker) {
    tracker.inflate(12_345, 400_001, true);
    tracker.inflate(4 * TrackedGuests.PAGES_A_GIB + 77, 21 * TrackedGuests.PAGES_A_GIB - 99, true);
  }

  @Test
  void aTreeThatHealedTakesAsMuchAsANewOneAndItsSpareBlocks() throws IOException {
    TrackedGuests.onGranules(
        TrackedGuests.q35(20 * TrackedGuests.GIB),
        granules -> {
          var tracker = new IntervalTreeTracker(granules);
          inflateEvery(64, tracker, granules.memory());
          assertTrue(tracker.heldBytes() > 400 << 10, () -> "fragmented: " + held(tracker));
          inflateAll(tracker, granules.memory());
          inflateAll(tracker, granules.memory());
          long order = 8L * granules.count();
          assertTrue(tracker.heldBytes() - order < 60 << 10, () -> "healed: " + held(tracker));
          assertEquals(2, tracker.ranges());
        });
  }

  @Test
  void whatATrackerSaysItHoldsIsWhatItAllocated() throws IOException {
    TrackedGuests.onGranules(
        TrackedGuests.q35(4 * TrackedGuests.GIB),
        granules -> {
          checkHeldBytes(() -> new BitmapTracker(granules), 0);
          // The arrays of ranges that became bits, in each of 5 GiB.
          checkHeldBytes(() -> new IntervalTreeTracker(granules), 5 * (6 << 10));
        });
  }

  private static void checkHeldBytes(Supplier<BalloonTracker> maker, long outgrown) {
    var trackers = new BalloonTracker[1];
    long allocated =
        Allocations.leastOf(
            () -> {
              trackers[0] = maker.get();
              inflateEvery(2, trackers[0], trackers[0].granules().memory());
            });
    long held = trackers[0].heldBytes();
    assertTrue(
        held >= allocated - outgrown && held <= allocated * 1.05,
        () -> "%s claims %d, allocated %d bytes".formatted(trackers[0], held, allocated));
  }

  private static void inflateEvery(long stride, BalloonTracker tracker, GuestMemory memory) {
    for (int region = 0; region < memory.regionCount(); region++) {
      GuestRange range = memory.region(region).range();
      for (long page = range.firstPage(); page < range.endPage(); page += stride) {
        tracker.inflate(page, page + 1, false);
      }
    }
  }

  private static void deflateEvery(long stride, BalloonTracker tracker, GuestMemory memory) {
    for (int region = 0; region < memory.regionCount(); region++) {
      GuestRange range = memory.region(region).range();
      for (long page = range.firstPage(); page < range.endPage(); page += stride) {
        tracker.deflate(page, page + 1);
      }
    }
  }

  private static void inflateAll(BalloonTracker tracker, GuestMemory memory) {
    for (int region = 0; region < memory.regionCount(); region++) {
      GuestRange range = memory.region(region).range();
      tracker.inflate(range.firstPage(), range.endPage(), true);
    }
  }

  private static void assertWithinBound(BalloonTracker tracker, Granules granules, String when) {
    assertTrue(
        tracker.heldBytes() <= bound(granules.memory()),
        () -> "%s: %s, bound %d".formatted(when, held(tracker), bound(granules.memory())));
  }

  private static String held(BalloonTracker tracker) {
    return "holds %d bytes".formatted(tracker.heldBytes());
  }
}
