package dev.aerostat.tracker;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;

/**
 * Tracks the balloon in a bitmap that exists only where memory is partly in it, and the order of
 * inflation in a ring of granules.
 *
 * <p>Time: a run of up to 48 pages is one read and one write, a longer one a pass over the words of
 * its pages; a search looks at one block of 4096 pages and, if it has no answer, at a bit for each
 * other block, 64 at a time. {@link #pages} and {@link #ranges} are kept, not counted. The order of
 * inflation is put right when it is asked for: a step over granules that were deflated since is
 * taken once for each.
 *
 * <p>Memory: 13 bytes for each 16 MiB of RAM and a few kilobytes where ranges are few, at most 1.25
 * bits a guest page plus 64 KiB where the guest is hostile, the order of inflation included, for
 * granules of 2 MiB and more and memory of up to eight regions (each further one may add 2 KiB at
 * its edges). The order takes 8 bytes a granule from the start: smaller granules cost more.
 *
 * <p>Not thread-safe: one thread at a time, with a happens-before edge between two. Nothing is
 * allocated but blocks as the balloon is fragmented.
 */
public final class BitmapTracker implements BalloonTracker {
  private final Granules granules;
  private final RamLayout layout;
  final PageBitmap bitmap;
  final InflationOrder order;
  private final long fixedBytes;

  /** Whether the newest granule of the order may have no ballooned page left. */
  private boolean newestIsInDoubt;

  /**
   * Creates a tracker with an empty balloon.
   *
   * @param granules the guest's memory, and the granules whose order of inflation is kept
   */
  public BitmapTracker(Granules granules) {
    this.granules = granules;
    this.layout = new RamLayout(granules);
    this.bitmap = new PageBitmap(layout.blocks(), new SpareBlocks());
    this.order = new InflationOrder(granules.count());
    this.fixedBytes = HeapSize.OBJECT + layout.heldBytes() + bitmap.heldBytesWithoutBlocks();
  }

  @Override
  public Granules granules() {
    return granules;
  }

  @Override
  public long inflate(long firstPage, long endPage, boolean descending) {
    PackedRegion region = layout.likelyRegionOf(firstPage);
    return region.holds(firstPage, endPage)
        ? inflate(region, firstPage, endPage, descending)
        : inflateAcross(layout.regionOf(firstPage, endPage), firstPage, endPage, descending);
  }

  /** Inflates what the likely region does not hold: another does, or some that touch. */
  private long inflateAcross(
      PackedRegion region, long firstPage, long endPage, boolean descending) {
    long middle = region.endPage();
    if (endPage <= middle) {
      return inflate(region, firstPage, endPage, descending);
    }
    if (descending) {
      return inflate(middle, endPage, true) + inflate(region, firstPage, middle, true);
    }
    return inflate(region, firstPage, middle, false) + inflate(middle, endPage, false);
  }

  private long inflate(PackedRegion region, long firstPage, long endPage, boolean descending) {
    long added = bitmap.assign(region.pack(firstPage), region.pack(endPage), true);
    int lowest = region.granuleOf(firstPage);
    int highest = region.granuleOf(endPage - 1);
    if (lowest == highest) {
      order.touch(lowest);
    } else {
      touchAll(lowest, highest, descending);
    }
    newestIsInDoubt = false;
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
    PackedRegion region = layout.likelyRegionOf(firstPage);
    return region.holds(firstPage, endPage)
        ? deflate(region, firstPage, endPage)
        : deflateAcross(layout.regionOf(firstPage, endPage), firstPage, endPage);
  }

  /** Deflates what the likely region does not hold: another does, or some that touch. */
  private long deflateAcross(PackedRegion region, long firstPage, long endPage) {
    long middle = region.endPage();
    return endPage <= middle
        ? deflate(region, firstPage, endPage)
        : deflate(region, firstPage, middle) + deflate(middle, endPage);
  }

  private long deflate(PackedRegion region, long firstPage, long endPage) {
    newestIsInDoubt = true;
    return bitmap.assign(region.pack(firstPage), region.pack(endPage), false);
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
    if (pages() == 0) {
      return NONE;
    }
    if (newestIsInDoubt) {
      newestIsInDoubt = false;
      return firstInUse(order.newest());
    }
    return order.newest();
  }

  @Override
  public int nextOlderGranule(int granule) {
    if (granule < 0 || granule >= granules.count() || isEmpty(granule)) {
      throw new IllegalArgumentException(
          "granule %d has no ballooned page: it has no place in the order of inflation"
              .formatted(granule));
    }
    return firstInUse(order.olderThan(granule));
  }

  /**
   * Finds the first granule with ballooned pages from one on, and takes those without out of the
   * order: no deflate looks whether it left some.
   */
  private int firstInUse(int newest) {
    int granule = newest;
    while (granule != NONE && isEmpty(granule)) {
      int older = order.olderThan(granule);
      order.remove(granule);
      granule = older;
    }
    return granule;
  }

  private boolean isEmpty(int granule) {
    long first = granules.firstPage(granule);
    long packed = layout.pack(first);
    return !bitmap.intersects(packed, packed + granules.endPage(granule) - first);
  }

  @Override
  public long heldBytes() {
    return fixedBytes + bitmap.spare.heldBytes() + order.heldBytes();
  }
}
