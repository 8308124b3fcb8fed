package dev.aerostat.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.api.Pages;

/** Numbers that a tracker must not run out of. */
final class TrackerLimits {
  /** More than 20 bits count. */
  private static final int MESSAGES = (1 << 20) + 1000;

  /** More than 18 bits count. */
  private static final int RANGES = (1 << 18) + 1000;

  private static final int GRANULES = 7;

  private TrackerLimits() {}

  /** In {@link TrackedGuest#ALL_PFNS}: more pages than an int counts, signed or not. */
  static void everyPage(BalloonTracker tracker) {
    long all = Pages.LIMIT;
    long half = all / 2;
    assertEquals(half, tracker.inflate(0, half, false), "pages in the lower 8 TiB");
    assertEquals(half, tracker.pages(), "pages() of 8 TiB");
    assertEquals(half, tracker.inflate(half - 5, all, true), "pages in the upper 8 TiB");
    assertEquals(all, tracker.pages(), "pages() of 16 TiB");
    assertEquals(all, tracker.pagesIn(0, all), "pagesIn 16 TiB");
    assertEquals(half + 7, tracker.pagesIn(half - 7, all), "pagesIn 8 TiB and 7 pages");
    assertEquals(1, tracker.ranges(), "ranges()");
    assertEquals(all, tracker.nextNotBallooned(3), "nextNotBallooned 3");
    assertEquals(all, tracker.snapshot().pages(), "snapshot().pages()");
    assertEquals(1, tracker.deflate(half, half + 1), "pages deflated in the middle");
    assertEquals(half, tracker.nextNotBallooned(0), "nextNotBallooned 0");
    assertEquals(all - 1, tracker.deflate(0, all), "pages deflated in all");
    assertEquals(BalloonTracker.NONE, tracker.mostRecentGranule(), "mostRecentGranule()");
    assertEquals(BalloonTracker.NONE, tracker.nextBallooned(0), "nextBallooned 0");
  }

  /** Some granules, in turn, with a few that are never named again. */
  static void manyMessages(BalloonTracker tracker, Granules granules) {
    for (int quiet = GRANULES + 2; quiet >= GRANULES; quiet--) {
      long _ = tracker.inflate(granules.firstPage(quiet), granules.firstPage(quiet) + 1, false);
    }
    for (int message = 0; message < MESSAGES; message++) {
      int granule = message % GRANULES;
      long first = granules.firstPage(granule);
      if (message % 3 == 0) {
        long _ = tracker.deflate(first, first + 1);
      }
      long _ = tracker.inflate(first, first + 1, false);
      if (tracker.mostRecentGranule() != granule) {
        assertEquals(granule, tracker.mostRecentGranule(), "mostRecentGranule()" + after(message));
      }
      if (message >= GRANULES && message % 500 < 2 * GRANULES) {
        assertOrder(tracker, message);
      }
    }
  }

  private static void assertOrder(BalloonTracker tracker, int message) {
    int granule = tracker.mostRecentGranule();
    for (int older = 0; older < GRANULES; older++) {
      int expected = Math.floorMod(message - older, GRANULES);
      assertEquals(expected, granule, () -> "granules, most recent first," + after(message));
      granule = tracker.nextOlderGranule(granule);
    }
    for (int quiet = GRANULES; quiet < GRANULES + 3; quiet++) {
      assertEquals(quiet, granule, () -> "the oldest granules" + after(message));
      granule = tracker.nextOlderGranule(granule);
    }
    assertEquals(BalloonTracker.NONE, granule, "after the oldest granule");
  }

  private static String after(int message) {
    return " after %d messages".formatted(message + 1);
  }

  /** Pages two apart, from {@code from} on, of which only arithmetic knows what to expect. */
  static void manyRanges(BalloonTracker tracker, long from) {
    for (int i = 0; i < RANGES; i++) {
      long page = from + 2L * i;
      long _ = tracker.inflate(page, page + 1, false);
    }
    assertEquals(RANGES, tracker.ranges(), "ranges()");
    assertEquals(RANGES, tracker.pages(), "pages()");
    var visited = new long[1];
    tracker.forEachRange(
        (first, end) -> {
          long expected = from + 2 * visited[0];
          if (first != expected || end != expected + 1) {
            assertEquals(expected, first, "a range of one page among " + RANGES);
            assertEquals(expected + 1, end, "its end");
          }
          visited[0]++;
        });
    assertEquals(RANGES, visited[0], "ranges visited");
    for (int i = 0; i < RANGES - 1; i += 101) {
      long page = from + 2L * i;
      assertEquals(page, tracker.nextBallooned(page), "nextBallooned " + page);
      assertEquals(page + 1, tracker.nextNotBallooned(page), "nextNotBallooned " + page);
      assertEquals(2, tracker.pagesIn(page, page + 4), "pagesIn from " + page);
    }
    assertEquals(RANGES, tracker.pagesIn(from, from + 2L * RANGES), "pagesIn all ranges");
    for (int i = 0; i < RANGES; i++) {
      long page = from + 2L * i;
      assertEquals(1, tracker.deflate(page, page + 1), "pages deflated");
    }
    assertEquals(0, tracker.ranges(), "ranges() in the end");
  }
}
