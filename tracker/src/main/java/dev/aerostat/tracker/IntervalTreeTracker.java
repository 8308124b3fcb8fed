package dev.aerostat.tracker;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;

/**
 * Tracks the balloon in an interval tree of fixed fan-out, whose leaves are bitmaps where the guest
 * has fragmented its memory.
 *
 * <p>Time: a run is one pass over the words of its pages and, unless its leaf is among the recent
 * ones, a walk from the root, which is at most four levels deep (16 TiB). Searches are such a walk.
 * {@link #pages} and {@link #ranges} are kept, not counted.
 *
 * <p>Memory: a few kilobytes where ranges are few, at most 1.25 bits a guest page plus 64 KiB where
 * the guest is hostile, the order of inflation included, for granules of 2 MiB and more and memory
 * of up to eight regions (each further one may add 5 KiB at its edges). The order takes 8 bytes a
 * granule from the start: smaller granules cost more.
 *
 * <p>Not thread-safe: one thread at a time, with a happens-before edge between two. Nothing is
 * allocated but nodes of the tree as it grows.
 */
public final class IntervalTreeTracker implements BalloonTracker {
  private final GranuleFinder finder;
  final IntervalTree tree;
  final InflationOrder order;

  /**
   * Makes a tracker with an empty balloon.
   *
   * @param granules the guest's memory, and the granules whose order of inflation is kept
   */
  public IntervalTreeTracker(Granules granules) {
    this.finder = new GranuleFinder(granules);
    this.tree = new IntervalTree(granules.memory().endPage());
    this.order = new InflationOrder(granules.count());
  }

  @Override
  public long inflate(long firstPage, long endPage, boolean descending) {
    int region = finder.regionOf(firstPage, endPage);
    long added = tree.assign(firstPage, endPage, true);
    int lowest = finder.indexOf(region, firstPage);
    int highest = finder.indexOf(region, endPage - 1);
    if (lowest == highest) {
      order.touch(lowest);
    } else {
      touchAll(lowest, highest, descending);
    }
    return added;
  }

  private void touchAll(int lowest, int highest, boolean descending) {
    if (descending) {
      for (int granule = highest; granule >= lowest; granule--) {
        order.touch(granule);
      }
    } else {
      for (int granule = lowest; granule <= highest; granule++) {
        order.touch(granule);
      }
    }
  }

  @Override
  public long deflate(long firstPage, long endPage) {
    int region = finder.regionOf(firstPage, endPage);
    long removed = tree.assign(firstPage, endPage, false);
    if (removed != 0) {
      forgetEmptyGranules(region, firstPage, endPage - 1);
    }
    return removed;
  }

  /** Only the granules at the two ends can have ballooned pages left. */
  private void forgetEmptyGranules(int region, long firstPage, long lastPage) {
    int lowest = finder.indexOf(region, firstPage);
    int highest = finder.indexOf(region, lastPage);
    forgetIfEmpty(region, lowest, firstPage);
    if (lowest != highest) {
      for (int granule = lowest + 1; granule < highest; granule++) {
        order.remove(granule);
      }
      forgetIfEmpty(region, highest, lastPage);
    }
  }

  private void forgetIfEmpty(int region, int granule, long page) {
    if (!tree.intersects(
        finder.firstPageAround(region, page), finder.endPageAround(region, page))) {
      order.remove(granule);
    }
  }

  @Override
  public void clear() {
    tree.clear();
    order.clear();
  }

  @Override
  public boolean contains(long page) {
    return tree.contains(page);
  }

  @Override
  public long nextBallooned(long page) {
    return tree.next(page, true);
  }

  @Override
  public long nextNotBallooned(long page) {
    return tree.next(page, false);
  }

  @Override
  public long pagesIn(long firstPage, long endPage) {
    return tree.count(firstPage, endPage);
  }

  @Override
  public long pages() {
    return tree.pages();
  }

  @Override
  public long ranges() {
    return tree.ranges();
  }

  @Override
  public void forEachRange(RangeVisitor visitor) {
    long first = tree.next(0, true);
    while (first != NONE) {
      long end = tree.next(first, false);
      visitor.visit(first, end);
      first = tree.next(end, true);
    }
  }

  @Override
  public void forEachRangeDescending(RangeVisitor visitor) {
    long last = tree.previous(Long.MAX_VALUE, true);
    while (last != NONE) {
      long before = tree.previous(last, false);
      visitor.visit(before + 1, last + 1);
      last = tree.previous(before, true);
    }
  }

  @Override
  public int mostRecentGranule() {
    return order.newest();
  }

  @Override
  public int nextOlderGranule(int granule) {
    if (!order.contains(granule)) {
      throw new IllegalArgumentException(
          "granule %d has no ballooned page: it has no place in the order of inflation"
              .formatted(granule));
    }
    return order.olderThan(granule);
  }

  @Override
  public long heldBytes() {
    return HeapSize.OBJECT + finder.heldBytes() + tree.heldBytes() + order.heldBytes();
  }
}
