package dev.aerostat.engine.core;

import static dev.aerostat.api.BalloonTracker.NONE;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.api.Pages;
import java.util.function.IntPredicate;

/**
 * The order in which memory is mapped while the gate is closed: what the guest will balloon last
 * comes first, so that mapping and inflating meet in the middle.
 *
 * <p>Linux takes pages for the balloon from the highest zone, in ascending blocks from 4 GiB up,
 * then, ascending too, from the zone below (mm/page_alloc.c: zonelists, and blocks go to the tail
 * of their free list as memory is initialised; seen in recorded boots). A granule's <em>turn</em>
 * is its place in that order. Memory is mapped from the last turn down.
 *
 * <pre>
 *        first turn                                                        last turn
 *   4 GiB ............................ end of RAM | 0 ........................ 4 GiB
 *     ballooned  _  ballooned  _  ballooned &gt;                        &lt; mapped
 *                ^             ^
 *                passed over: mapped first
 * </pre>
 *
 * <p>What the guest has passed over, such as the kernel's image and its page structures, it will
 * not balloon any more: that goes ahead. With several processors the blocks of several parts of a
 * zone take turns, so a granule is passed over only if its turn is before those of all that were
 * inflated lately.
 */
final class PreGateOrder {
  private static final long NORMAL_ZONE_PAGE = Pages.ofBytes(4L << 30);

  // Linux lets no more processors initialise memory side by side than there are parts of 128 MiB
  // (deferred_init_memmap in mm/mm_init.c), and their blocks are of 4 MiB. With granules of at
  // least 2 MiB that is at most two in 64 at work at a time; this is twice as many.
  private static final int LATELY_SHARE = 16;

  // Bounds what a look costs. Enough for 256 processors, or 128 where granules are of 2 MiB.
  private static final int LATELY_LIMIT = 256;

  private final BalloonTracker tracker;
  private final int count;
  private final int low;
  private final int lately;
  private int passed;
  private int last;

  /** As many turns as were passed over, for as long as the order of inflation stays as it is. */
  private int passedOver;

  private boolean orderChanged;

  /** The granule inflated last since the order was read, or {@link BalloonTracker#NONE}. */
  private int mostRecent;

  PreGateOrder(Granules granules, BalloonTracker tracker) {
    this(granules, tracker, granules.count());
  }

  /**
   * Creates an order in which nothing was passed over yet.
   *
   * @param inflatable granules that can be ballooned: those that a virtio-mem device withholds
   *     cannot
   */
  PreGateOrder(Granules granules, BalloonTracker tracker, int inflatable) {
    this.tracker = tracker;
    this.count = granules.count();
    int below = 0;
    while (below < count && granules.firstPage(below) < NORMAL_ZONE_PAGE) {
      below++;
    }
    this.low = below;
    this.lately = Math.clamp(inflatable / LATELY_SHARE, 1, LATELY_LIMIT);
    startOver();
  }

  /** Looks at all granules again. */
  void startOver() {
    passed = 0;
    last = count - 1;
    mostRecent = NONE;
    orderChanged = true;
  }

  /** Called when pages of a granule, now the most recent one, were inflated. */
  void inflated(int granule) {
    if (granule != mostRecent) {
      mostRecent = granule;
      orderChanged = true;
    }
  }

  /** Called when pages were deflated: a granule that became empty has left the order. */
  void deflated() {
    mostRecent = NONE;
    orderChanged = true;
  }

  /**
   * Returns the next granule to map, or {@link BalloonTracker#NONE}. A granule that is not wanted
   * when its time comes is not asked about again before {@link #startOver}.
   */
  int next(IntPredicate wanted) {
    if (orderChanged) {
      orderChanged = false;
      passedOver = turnsPassedOver();
    }
    for (; passed < passedOver; passed++) {
      if (wanted.test(granuleAt(passed))) {
        return granuleAt(passed);
      }
    }
    for (; last >= 0; last--) {
      if (wanted.test(granuleAt(last))) {
        return granuleAt(last);
      }
    }
    return NONE;
  }

  /** Returns the first turn of those inflated lately, 0 if there are too few to tell. */
  private int turnsPassedOver() {
    int first = count;
    int granule = tracker.mostRecentGranule();
    for (int i = 0; i < lately; i++) {
      if (granule == NONE) {
        return 0;
      }
      first = Math.min(first, turnOf(granule));
      granule = tracker.nextOlderGranule(granule);
    }
    return first;
  }

  private int turnOf(int granule) {
    return granule < low ? count - low + granule : granule - low;
  }

  private int granuleAt(int turn) {
    return turn < count - low ? low + turn : turn - (count - low);
  }
}
