package dev.aerostat.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.BalloonTracker;
import java.util.ArrayList;
import java.util.List;

/** Questions from inside a visit and between the steps of a walk, which are separate things. */
final class TrackerVisits {
  private static final int RANGES = 300;

  private final BalloonTracker tracker;
  private final List<Long> expected;

  private TrackerVisits(BalloonTracker tracker) {
    this.tracker = tracker;
    this.expected = new ArrayList<>();
    for (int i = 0; i < RANGES; i++) {
      long page = firstPage(i);
      long _ = tracker.inflate(page, page + 3, false);
      expected.add(page);
    }
  }

  private static long firstPage(int range) {
    return 600L * range;
  }

  /** Fills an empty tracker in {@link TrackedGuest#PC}, and asks. */
  static void askMeanwhile(BalloonTracker tracker) {
    var visits = new TrackerVisits(tracker);
    visits.questionsMeanwhile();
    visits.visitsMeanwhile();
    visits.orderMeanwhile();
    visits.visitorsThatThrow();
  }

  private void questionsMeanwhile() {
    assertEquals(expected, visited(tracker::forEachRange, this::askElsewhere));
    assertEquals(expected.reversed(), visited(tracker::forEachRangeDescending, this::askElsewhere));
  }

  private void askElsewhere(long page) {
    int index = (int) (page / 600);
    long other = firstPage(RANGES - 1 - index);
    assertTrue(tracker.contains(other), "contains from inside a visit");
    assertEquals(other, tracker.nextBallooned(other - Math.min(other, 50)), "nextBallooned");
    assertEquals(other + 3, tracker.nextNotBallooned(other), "nextNotBallooned");
    assertEquals(3L * RANGES, tracker.pagesIn(0, 1L << 20), "pagesIn");
    assertTrue(tracker.containsAll(other, other + 3), "containsAll");
    assertTrue(tracker.intersects(other + 2, other + 9), "intersects");
    assertEquals(RANGES, tracker.ranges(), "ranges()");
    assertEquals(3L * RANGES, tracker.pages(), "pages()");
    assertTrue(tracker.mostRecentGranule() >= 0, "mostRecentGranule()");
    assertTrue(tracker.heldBytes() > 0, "heldBytes()");
  }

  private void visitsMeanwhile() {
    assertEquals(expected, visited(tracker::forEachRange, this::visitAll));
    assertEquals(expected.reversed(), visited(tracker::forEachRangeDescending, this::visitAll));
  }

  private void visitAll(long page) {
    if (page % 7 == 0) {
      assertEquals(expected, visited(tracker::forEachRange, _ -> {}), "a visit inside a visit");
      assertEquals(
          expected.reversed(),
          visited(tracker::forEachRangeDescending, _ -> {}),
          "a visit downwards inside a visit");
      assertEquals(3L * RANGES, tracker.snapshot().pages(), "a snapshot inside a visit");
    }
  }

  private void orderMeanwhile() {
    List<Integer> alone = order(() -> {});
    assertEquals(alone, order(() -> askElsewhere(600)), "a walk of the order, asked meanwhile");
    assertEquals(alone, order(() -> visitAll(0)), "a walk of the order, visited meanwhile");
    assertEquals(alone, order(() -> assertEquals(alone, order(() -> {}))), "two walks");
  }

  private List<Integer> order(Runnable meanwhile) {
    List<Integer> order = new ArrayList<>();
    for (int granule = tracker.mostRecentGranule();
        granule != BalloonTracker.NONE;
        granule = tracker.nextOlderGranule(granule)) {
      order.add(granule);
      meanwhile.run();
    }
    return order;
  }

  private void visitorsThatThrow() {
    assertThrowsOut(tracker::forEachRange);
    assertThrowsOut(tracker::forEachRangeDescending);
    assertEquals(expected, visited(tracker::forEachRange, _ -> {}), "a visit after one that threw");
    assertEquals(1, tracker.inflate(3, 4, false), "an inflate after a visit that threw");
    assertEquals(1, tracker.deflate(3, 4), "a deflate after a visit that threw");
  }

  private static void assertThrowsOut(Visit visit) {
    var thrown = new ArithmeticException("a visitor's own");
    assertEquals(
        thrown,
        assertThrows(
            ArithmeticException.class,
            () ->
                visit.ranges(
                    (first, _) -> {
                      if (first % 7 == 0) {
                        throw thrown;
                      }
                    })));
  }

  private static List<Long> visited(Visit visit, Question question) {
    List<Long> firstPages = new ArrayList<>();
    visit.ranges(
        (first, end) -> {
          assertEquals(first + 3, end, "the end of a range of three pages");
          firstPages.add(first);
          question.about(first);
        });
    return firstPages;
  }

  private interface Visit {
    void ranges(BalloonTracker.RangeVisitor visitor);
  }

  private interface Question {
    void about(long page);
  }
}
