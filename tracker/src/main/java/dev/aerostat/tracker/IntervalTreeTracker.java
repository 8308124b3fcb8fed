package dev.aerostat.tracker;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;

/**
 * Tracks the balloon in a B+-tree of ranges, whose leaves become bitmaps where memory is
 * fragmented, and the order of inflation in runs of granules.
 *
 * <p>Time: a message that touches a range changes one bound of one leaf, wherever it lies; a run in
 * fragmented memory is one read and one write of a bitmap. Where a guest goes on from where it was,
 * no node is searched. {@link #pagesIn} adds up two leaves and the sums above them, O(log n) for n
 * ranges, and so does every search. {@link #pages} and {@link #ranges} are kept, not counted. The
 * order of inflation is put right when it is asked for: granules that were deflated since are
 * skipped by runs.
 *
 * <p>Memory: 2 to 4 KiB for any guest whose balloon is a few ranges, inflated in a few runs of
 * granules, whatever the guest's size; at most 1.25 bits a guest page plus 64 KiB where the guest
 * is hostile, the order of inflation included, for granules of 2 MiB and more and memory of up to
 * eight regions (each further one may add 4 KiB at its edges).
 *
 * <p>Not thread-safe: one thread at a time, with a happens-before edge between two. Nothing is
 * allocated but what the tree needs to grow where the balloon is fragmented.
 *
 * @see BitmapTracker
 */
public final class IntervalTreeTracker implements BalloonTracker {
  private final Granules granules;
  private final RamLayout layout;
  final RangeTree tree;
  final RunOrder order;
  private final long fixedBytes;

  /**
   * Creates a tracker with an empty balloon.
   *
   * @param granules the guest's memory, and the granules whose order of inflation is kept
   */
  public IntervalTreeTracker(Granules granules) {
    this(granules, TreeLimits.DEFAULT);
  }

  IntervalTreeTracker(Granules granules, TreeLimits limits) {
    this.granules = granules;
    this.layout = new RamLayout(granules);
    this.tree = new RangeTree(limits, granules.memory().endPage());
    this.order = new RunOrder(granules, tree, limits.orderRuns());
    this.fixedBytes = HeapSize.OBJECT + layout.heldBytes();
  }

  @Override
  public Granules granules() {
    return granules;
  }

  @Override
  public long inflate(long firstPage, long endPage, boolean descending) {
    PackedRegion region = layout.likelyRegionOf(firstPage);
    boolean likely = region.holds(firstPage, endPage);
    if (!likely) {
      region = layout.regionOf(firstPage, endPage);
    }
    int lowest = region.granuleOf(firstPage);
    int highest =
        endPage <= region.endPage() ? region.granuleOf(endPage - 1) : granules.indexOf(endPage - 1);
    long added = tree.assign(firstPage, endPage, true);
    if (lowest == highest) {
      order.touch(lowest);
    } else {
      order.touchAll(lowest, highest, descending);
    }
    return added;
  }

  @Override
  public long deflate(long firstPage, long endPage) {
    if (!layout.likelyRegionOf(firstPage).holds(firstPage, endPage)) {
      layout.regionOf(firstPage, endPage);
    }
    long removed = tree.assign(firstPage, endPage, false);
    if (removed > 0 && tree.isEmpty()) {
      order.clear(); // At once: an empty balloon need not hold what a full one took.
    }
    return removed;
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
    return tree.nextIn(page);
  }

  @Override
  public long nextNotBallooned(long page) {
    return tree.nextOut(page);
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
    tree.forEach(visitor);
  }

  @Override
  public void forEachRangeDescending(RangeVisitor visitor) {
    tree.forEachDescending(visitor);
  }

  @Override
  public int mostRecentGranule() {
    return tree.isEmpty() ? NONE : order.newest();
  }

  @Override
  public int nextOlderGranule(int granule) {
    if (granule < 0 || granule >= granules.count() || order.isEmpty(granule)) {
      throw new IllegalArgumentException(
          "granule %d has no ballooned page: it has no place in the order of inflation"
              .formatted(granule));
    }
    return order.olderThan(granule);
  }

  @Override
  public long heldBytes() {
    return fixedBytes + tree.heldBytes() + order.heldBytes();
  }
}
