package dev.aerostat.engine.core;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;

/**
 * What can be handed back without a wait: the ballooned pages of the most recently inflated
 * granules, as far as these are mapped without a gap. The <em>frontier</em> is the first that is
 * not.
 *
 * <p>A granule that is inflated into again becomes the most recent one with all that it holds; but
 * what it held before is not what the guest will deflate next. So what counts is kept a granule,
 * and such a granule counts only with the pages that came now. Compaction would else make us ask
 * for pages that are not mapped yet. Once all that is ballooned is mapped, all of it counts.
 *
 * <p>So counts are kept only while there is a frontier, and only those that are not 0 take memory;
 * once all memory is mapped there is never a frontier again ({@link #allMapped}).
 */
final class ReturnOrder {
  private static final int NONE = BalloonTracker.NONE;

  private final Granules granules;
  private final BalloonTracker tracker;
  private final GranuleTable table;

  /** Pages that count, granule by granule: one of 8 TiB has more than an int can count. */
  private final LongsByGranule counts;

  private long readyPages;
  private int frontier = NONE;
  private int searchedTo = NONE;

  ReturnOrder(Granules granules, BalloonTracker tracker, GranuleTable table) {
    this.granules = granules;
    this.tracker = tracker;
    this.table = table;
    this.counts = new LongsByGranule(granules.count());
  }

  /** Returns the ballooned pages that are mapped and next to be deflated. */
  long readyPages() {
    return frontier == NONE ? tracker.pages() : readyPages;
  }

  void startOver() {
    counts.clear();
    readyPages = 0;
    frontier = tracker.mostRecentGranule();
    searchedTo = NONE;
    advance();
  }

  void mapped(int granule) {
    if (granule == frontier) {
      advance();
    }
  }

  /** Called once all memory is mapped, which it then stays: nothing need be counted any more. */
  void allMapped() {
    counts.releaseAll();
  }

  /** Called when pages of a granule, now the most recent one, were inflated. */
  void inflated(int granule, long pages) {
    if (!table.isMapped(granule)) {
      if (granule != frontier || readyPages > 0) {
        startOver();
      }
    } else if (frontier != NONE) {
      count(granule, counts.get(granule) + pages);
    }
  }

  /** Must be told before pages leave a granule: a granule that becomes empty leaves the order. */
  int olderThanFrontier(int granule) {
    return granule == frontier ? tracker.nextOlderGranule(granule) : NONE;
  }

  /**
   * Called when pages of a granule were deflated.
   *
   * @param older what {@link #olderThanFrontier} returned before
   */
  void deflated(int granule, long pages, int older) {
    long counted = counts.get(granule);
    if (counted > 0) {
      count(granule, counted - Math.min(counted, pages));
    } else if (granule == frontier && isEmpty(granule)) {
      frontier = older;
      advance();
    }
    if (granule == searchedTo && isEmpty(granule)) {
      searchedTo = NONE;
    }
  }

  /** Returns the next granule to map ahead of its deflate, or {@link BalloonTracker#NONE}. */
  int nextToMap() {
    int granule = searchedTo == NONE ? frontier : searchedTo;
    while (granule != NONE && !table.isIdle(granule)) {
      searchedTo = granule;
      granule = tracker.nextOlderGranule(granule);
    }
    return granule;
  }

  private void advance() {
    while (frontier != NONE && table.isMapped(frontier)) {
      count(frontier, pagesIn(frontier));
      frontier = tracker.nextOlderGranule(frontier);
    }
    if (frontier == NONE) {
      counts.clear();
    }
  }

  private void count(int granule, long pages) {
    readyPages += pages - counts.set(granule, pages);
  }

  private boolean isEmpty(int granule) {
    return !tracker.intersects(granules.firstPage(granule), granules.endPage(granule));
  }

  private long pagesIn(int granule) {
    return tracker.pagesIn(granules.firstPage(granule), granules.endPage(granule));
  }
}
