package dev.aerostat.tracker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.PfnRuns;
import java.io.IOException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Messages and queries run at the guest's pace: they leave nothing for the collector to do. */
final class TrackerAllocationTest {
  private static final long END = 2 * TrackedGuests.PAGES_A_GIB;

  @Test
  void theCountSeesAnAllocation() {
    assertTrue(Allocations.during(() -> assertEquals(9, new long[9].length)) >= 9 * Long.BYTES);
  }

  @Test
  void aBalloonThatGrowsAndShrinksAllocatesNothingOnceItHasDoneSo() throws IOException {
    TrackedGuests.onGuest(
        TrackedGuests.q35(2 * TrackedGuests.GIB),
        (tracker, granules) -> {
          growAndShrink(tracker);
          assertEquals(0, Allocations.leastOf(() -> growAndShrink(tracker)));
        });
  }

  private static void growAndShrink(BalloonTracker tracker) {
    for (long page = END - 256; page >= 0; page -= 256) {
      tracker.inflate(page, page + 256, true);
    }
    for (long page = 0; page < END; page += 256) {
      tracker.deflate(page, page + 256);
    }
  }

  @Test
  void scatteredMessagesAllocateNothingInsideWhatIsSplitAlready() throws IOException {
    TrackedGuests.onGuest(
        TrackedGuests.q35(2 * TrackedGuests.GIB),
        (tracker, granules) -> {
          for (long page = 0; page < END; page += 4096) {
            tracker.inflate(page, page + 1, false);
          }
          scatter(tracker);
          assertEquals(0, Allocations.leastOf(() -> scatter(tracker)));
        });
  }

  private static void scatter(BalloonTracker tracker) {
    for (long page = 1; page < END - 8; page += 517) {
      tracker.inflate(page, page + 7, true);
      tracker.deflate(page + 2, page + 5);
    }
  }

  /** What it takes apart once it makes again only after it was whole or empty meanwhile. */
  @Test
  void aFragmentedBalloonThatComesAndGoesAllocatesAtMostWhatItHolds() throws IOException {
    TrackedGuests.onGuest(
        TrackedGuests.q35(2 * TrackedGuests.GIB),
        (tracker, granules) -> {
          fragment(tracker);
          long held = tracker.heldBytes();
          assertEquals(0, Allocations.leastOf(() -> fragment(tracker)));
          long cycle =
              Allocations.leastOf(
                  () -> {
                    tracker.deflate(0, END);
                    fragment(tracker);
                  });
          assertTrue(cycle <= held, () -> cycle + " bytes a cycle, held " + held);
        });
  }

  private static void fragment(BalloonTracker tracker) {
    for (long page = 0; page < END; page += 3) {
      tracker.inflate(page, page + 1, false);
    }
  }

  @Test
  void theRunsOfAFragmentedMessageAllocateNothing() {
    int[] pfns = IntStream.range(0, 256).map(i -> 5 * (i / 3) + i % 3).toArray();
    var runs = new PfnRuns(pfns.length);
    assertEquals(86, runs.find(pfns, 0, pfns.length));
    assertEquals(0, Allocations.leastOf(() -> sumOf(runs, pfns)));
  }

  private static void sumOf(PfnRuns runs, int[] pfns) {
    long pages = 0;
    for (int run = 0; run < runs.find(pfns, 0, pfns.length); run++) {
      pages += runs.endPage(run) - runs.firstPage(run);
    }
    assertEquals(pfns.length, pages);
  }

  @Test
  void queriesAllocateNothing() throws IOException {
    TrackedGuests.onGuest(
        TrackedGuests.q35(2 * TrackedGuests.GIB),
        (tracker, granules) -> {
          scatter(tracker);
          ask(tracker);
          assertEquals(0, Allocations.leastOf(() -> ask(tracker)));
        });
  }

  private static void ask(BalloonTracker tracker) {
    long sum = tracker.pages() + tracker.ranges() + tracker.heldBytes();
    for (long page = 0; page < END; page += 5003) {
      sum += tracker.nextBallooned(page) + tracker.nextNotBallooned(page);
      sum += tracker.pagesIn(page, page + 5003);
      sum += tracker.contains(page) || tracker.containsAll(page, page + 9) ? 1 : 0;
      sum += tracker.intersects(page, page + 9) ? 1 : 0;
    }
    for (int granule = tracker.mostRecentGranule(); granule != BalloonTracker.NONE; ) {
      granule = tracker.nextOlderGranule(granule);
    }
    assertTrue(sum != 0);
  }
}
