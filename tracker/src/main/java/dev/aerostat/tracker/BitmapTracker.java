package dev.aerostat.tracker;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;

/**
 * Tracks the balloon in a bitmap that exists only where memory is partly in it, and the order of
 * inflation in a ring of granules.
 *
 * <p>Time: a run is one pass over the words of its pages; a search looks at one leaf of 4096 pages
 * and, if it has no answer, at a bit for each other leaf, 64 at a time. {@link #pages} and {@link
 * #ranges} are kept, not counted.
 *
 * <p>Memory: 13 bytes for each 16 MiB of RAM and a few kilobytes where ranges are few, at most 1.25
 * bits a guest page plus 64 KiB where the guest is hostile, the order of inflation included, for
 * granules of 2 MiB and more and memory of up to eight regions (each further one may add 2 KiB at
 * its edges). The order takes 8 bytes a granule from the start: smaller granules cost more.
 *
 * <p>Not thread-safe: one thread at a time, with a happens-before edge between two. Nothing is
 * allocated but leaves as the balloon is fragmented.
 */
public final class BitmapTracker implements BalloonTracker {
  private final RamLayout layout;
  final PageBitmap bitmap;
  final InflationOrder order;

  /**
   * Makes a tracker with an empty balloon.
   *
   * @param granules the guest's memory, and the granules whose order of inflation is kept
   */
  public BitmapTracker(Granules granules) {
    this.layout = new RamLayout(granules);
    this.bitmap = new PageBitmap(layout.leaves());
    this.order = new InflationOrder(granules.count());
  }

  @Override
  public long inflate(long firstPage, long endPage, boolean descending) {
    int row = layout.rowOf(firstPage, endPage);
    long first = layout.pack(row, firstPage);
    long added = bitmap.assign(first, first + endPage - firstPage, true);
    int lowest = layout.granuleOf(row, firstPage);
    int highest = layout.granuleOf(row, endPage - 1);
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
    int row = layout.rowOf(firstPage, endPage);
    long first = layout.pack(row, firstPage);
    long removed = bitmap.assign(first, first + endPage - firstPage, false);
    if (removed != 0) {
      forgetEmptyGranules(row, firstPage, endPage);
    }
    return removed;
  }

  /** Only the granules at the two ends can have ballooned pages left. */
  private void forgetEmptyGranules(int row, long firstPage, long endPage) {
    int lowest = layout.granuleOf(row, firstPage);
    int highest = layout.granuleOf(row, endPage - 1);
    if (lowest != highest) {
      forgetIfEmpty(row, lowest, firstPage, firstPage - 1);
      for (int granule = lowest + 1; granule < highest; granule++) {
        order.remove(granule);
      }
    }
    forgetIfEmpty(row, highest, endPage - 1, endPage);
  }

  /**
   * Takes a granule out of the order unless it has ballooned pages.
   *
   * @param page any page of it
   * @param near a page that may be in it; most often its word tells already
   */
  private void forgetIfEmpty(int row, int granule, long page, long near) {
    long first = layout.firstPageAround(row, page);
    long end = layout.endPageAround(row, page);
    long packed = layout.pack(row, page) - page;
    long word = near & -Long.SIZE;
    boolean told =
        near >= first
            && near < end
            && bitmap.intersects(
                Math.max(first, word) + packed, Math.min(end, word + Long.SIZE) + packed);
    if (!told && !bitmap.intersects(first + packed, end + packed)) {
      order.remove(granule);
    }
  }

  @Override
  public void clear() {
    bitmap.clear();
    order.clear();
  }

  @Override
  public boolean contains(long page) {
    long packed = layout.pack(page);
    return packed >= 0 && bitmap.contains(packed);
  }

  @Override
  public long nextBallooned(long page) {
    long found = bitmap.nextIn(layout.packNext(page));
    return found == PageBitmap.NONE ? NONE : layout.unpack(found);
  }

  @Override
  public long nextNotBallooned(long page) {
    long packed = layout.pack(page);
    return packed < 0 ? page : bitmap.nextOut(packed) - packed + page;
  }

  @Override
  public long pagesIn(long firstPage, long endPage) {
    return bitmap.count(layout.packNext(firstPage), layout.packNext(endPage));
  }

  @Override
  public long pages() {
    return bitmap.pages();
  }

  @Override
  public long ranges() {
    return bitmap.ranges();
  }

  @Override
  public void forEachRange(RangeVisitor visitor) {
    long first = bitmap.nextIn(0);
    while (first != PageBitmap.NONE) {
      long end = bitmap.nextOut(first);
      visit(visitor, first, end);
      first = bitmap.nextIn(end);
    }
  }

  @Override
  public void forEachRangeDescending(RangeVisitor visitor) {
    long last = bitmap.last();
    while (last != PageBitmap.NONE) {
      long before = bitmap.previousOut(last);
      visit(visitor, before + 1, last + 1);
      last = bitmap.previousIn(before);
    }
  }

  private void visit(RangeVisitor visitor, long first, long end) {
    long page = layout.unpack(first);
    visitor.visit(page, page + end - first);
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
    return HeapSize.OBJECT + layout.heldBytes() + bitmap.heldBytes() + order.heldBytes();
  }
}
