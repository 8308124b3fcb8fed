package dev.aerostat.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import java.util.function.LongUnaryOperator;

/**
 * What the questions cost in a balloon of many ranges in a large guest, beside a balloon of few in
 * a small one.
 */
final class TrackerCosts {
  /** Far above what caches and logarithms cost, far below a look at every range. */
  private static final long MOST_TIMES = 20;

  private static final long NANOS_TO_SPARE = 20_000;

  private static final int STEPS = 32;
  private static final int RANGES = 1 << 17;

  private final Balloon few;
  private final Balloon many;

  private TrackerCosts(Balloon few, Balloon many) {
    this.few = few;
    this.many = many;
  }

  /**
   * Compares.
   *
   * @param few in {@link TrackedGuest#SMALL}
   * @param many in {@link TrackedGuest#LARGE}
   */
  static void compare(
      BalloonTracker few, Granules fewGranules, BalloonTracker many, Granules manyGranules) {
    var costs =
        new TrackerCosts(Balloon.of(few, fewGranules, 8), Balloon.of(many, manyGranules, RANGES));
    costs.check("a message and pages(), ranges(), heldBytes()", Balloon::changeAndCount);
    costs.check("mostRecentGranule()", (balloon, _) -> balloon.tracker.mostRecentGranule());
    costs.check("nextOlderGranule", Balloon::nextOlder);
    costs.check("contains", (balloon, page) -> balloon.tracker.contains(page) ? 1 : 0);
    costs.check("nextBallooned", (balloon, page) -> balloon.tracker.nextBallooned(page));
    costs.check("nextNotBallooned", (balloon, page) -> balloon.tracker.nextNotBallooned(page));
    costs.check("pagesIn 2 MiB", (balloon, page) -> balloon.tracker.pagesIn(page, page + 512));
  }

  private void check(String what, Question question) {
    LongUnaryOperator bounds = nanos -> MOST_TIMES * nanos + STEPS * NANOS_TO_SPARE;
    long[] nanos =
        ThreadCosts.nanosByTurns(() -> few.askAll(question), () -> many.askAll(question), bounds);
    long bound = bounds.applyAsLong(nanos[0]);
    assertTrue(
        nanos[1] <= bound,
        () ->
            "%s: %d ns with %d ranges in %s, expected at most %d since it takes %d ns with few"
                .formatted(
                    what,
                    nanos[1] / STEPS,
                    RANGES,
                    TrackedGuest.LARGE,
                    bound / STEPS,
                    nanos[0] / STEPS));
  }

  /** A balloon of single pages at one distance from one another. */
  private static final class Balloon {
    private final BalloonTracker tracker;
    private final Granules granules;
    private final long first;
    private final long stride;
    private final int ranges;
    private long sum;

    private Balloon(
        BalloonTracker tracker, Granules granules, long first, long stride, int ranges) {
      this.tracker = tracker;
      this.granules = granules;
      this.first = first;
      this.stride = stride;
      this.ranges = ranges;
    }

    private static Balloon of(BalloonTracker tracker, Granules granules, int ranges) {
      int regions = granules.memory().regionCount();
      long first = granules.memory().region(Math.min(1, regions - 1)).range().firstPage();
      long stride = (granules.memory().endPage() - first) / ranges;
      var balloon = new Balloon(tracker, granules, first, stride, ranges);
      for (int i = 0; i < ranges; i++) {
        long page = balloon.page(i);
        long _ = tracker.inflate(page, page + 1, false);
      }
      return balloon;
    }

    private long page(int index) {
      return first + index * stride;
    }

    private void askAll(Question question) {
      for (int i = 0; i < STEPS; i++) {
        sum += question.about(this, page((int) ((i * 7919L) % ranges)));
      }
      assertTrue(sum != 0, "the sum of the answers is not 0");
    }

    private long changeAndCount(long page) {
      long changed = tracker.inflate(page + 2, page + 3, false);
      changed += tracker.pages() + tracker.ranges() + tracker.heldBytes();
      return changed + tracker.deflate(page + 2, page + 3) + tracker.pages() + tracker.ranges();
    }

    private long nextOlder(long page) {
      return tracker.nextOlderGranule(granules.indexOf(page));
    }
  }

  /** Something asked of a tracker about a ballooned page. */
  private interface Question {
    long about(Balloon balloon, long page);
  }
}
