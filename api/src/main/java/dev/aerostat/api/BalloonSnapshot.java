package dev.aerostat.api;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What was ballooned at one moment, and in which order: disjoint, merged ranges in ascending order,
 * and runs of granules, the newest first. A tracker {@linkplain #restoreTo restored} from it
 * answers every question as the one that it was taken of.
 *
 * <p>Immutable and safe for use by any thread. Page numbers are in 4 KiB units.
 */
public final class BalloonSnapshot {
  private final long[] firstPages;
  private final long[] endPages;
  private final long pages;
  private final long granuleBytes;
  private final List<GuestRange> regions;
  private final OrderRuns order;

  private BalloonSnapshot(BalloonTracker tracker, Collector ranges) {
    this.firstPages = ranges.firstPages;
    this.endPages = ranges.endPages;
    this.pages = tracker.pages();
    this.granuleBytes = tracker.granules().granuleBytes();
    this.regions = regionsOf(tracker);
    this.order = OrderRuns.of(tracker);
  }

  /**
   * Copies the ranges and the order of inflation of a tracker. Takes a step for each range and each
   * granule with ballooned pages.
   *
   * @param tracker must not change meanwhile
   * @return what is ballooned
   * @throws IllegalArgumentException if it has more ranges than an array can hold, about 2^31
   */
  public static BalloonSnapshot of(BalloonTracker tracker) {
    long count = tracker.ranges();
    if (count > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          count + " ranges are too many for one snapshot; visit them instead");
    }
    var collector = new Collector((int) count);
    tracker.forEachRange(collector);
    return new BalloonSnapshot(tracker, collector);
  }

  /**
   * Fills an empty tracker: it then has these ranges, and this order of inflation. Takes a step for
   * each run of granules and each range in it, not for each page.
   *
   * @param tracker has no ballooned page, and granules of the same size in a guest memory of the
   *     same regions; on another host address, if need be
   * @throws IllegalArgumentException if the tracker's guest memory or its granules are others: the
   *     message names what differs; the tracker is unchanged
   * @throws IllegalStateException if the tracker has ballooned pages; it is unchanged
   */
  public void restoreTo(BalloonTracker tracker) {
    checkFit(tracker);
    if (tracker.pages() != 0) {
      throw new IllegalStateException(
          "the tracker has %d ballooned pages: expected an empty one; clear it first"
              .formatted(tracker.pages()));
    }
    for (int run = order.count() - 1; run >= 0; run--) {
      restore(tracker, order.newest(run), order.oldest(run));
    }
  }

  private void checkFit(BalloonTracker tracker) {
    long otherBytes = tracker.granules().granuleBytes();
    if (otherBytes != granuleBytes) {
      throw new IllegalArgumentException(
          "a snapshot with granules of %d bytes does not fit a tracker with granules of %d bytes"
              .formatted(granuleBytes, otherBytes));
    }
    List<GuestRange> others = regionsOf(tracker);
    if (!others.equals(regions)) {
      throw new IllegalArgumentException(
          "a snapshot of a guest with memory at %s does not fit a tracker for one with memory at %s"
              .formatted(regions, others));
    }
  }

  private static List<GuestRange> regionsOf(BalloonTracker tracker) {
    GuestMemory memory = tracker.granules().memory();
    return IntStream.range(0, memory.regionCount())
        .mapToObj(region -> memory.region(region).range())
        .toList();
  }

  /**
   * Inflates what is ballooned of a run of granules from one end of it to the other: a granule with
   * several ranges has its place by the last of them.
   */
  private void restore(BalloonTracker tracker, int newest, int oldest) {
    boolean descending = newest < oldest;
    long first = tracker.granules().firstPage(Math.min(newest, oldest));
    long end = tracker.granules().endPage(Math.max(newest, oldest));
    int lowest = lastUpTo(first);
    if (lowest < 0 || endPages[lowest] <= first) {
      lowest++;
    }
    int highest = lastUpTo(end - 1);
    for (int i = 0; i <= highest - lowest; i++) {
      int range = descending ? highest - i : lowest + i;
      tracker.inflate(
          Math.max(first, firstPages[range]), Math.min(end, endPages[range]), descending);
    }
  }

  /** Returns the last range that begins at a page or before, or -1. */
  private int lastUpTo(long page) {
    int found = Arrays.binarySearch(firstPages, page);
    return found >= 0 ? found : -found - 2;
  }

  /**
   * Visits the order of inflation as runs of granules, the newest first: granules that follow one
   * another both in memory and in the order.
   *
   * @param visitor is told each run
   */
  public void forEachGranuleRun(GranuleRunVisitor visitor) {
    for (int run = 0; run < order.count(); run++) {
      visitor.visit(order.newest(run), order.oldest(run));
    }
  }

  /**
   * Returns the number of ranges.
   *
   * @return 0 or more
   */
  public int ranges() {
    return firstPages.length;
  }

  /**
   * Returns the number of pages in all ranges.
   *
   * @return 0 or more
   */
  public long pages() {
    return pages;
  }

  /**
   * Returns a range.
   *
   * @param index 0 to {@link #ranges()}, exclusive, in ascending order
   * @return the range in bytes
   * @throws IndexOutOfBoundsException if there is no such range
   */
  public GuestRange range(int index) {
    return GuestRange.ofPages(firstPages[index], endPages[index]);
  }

  /**
   * Returns whether a page was ballooned.
   *
   * @param page any page number
   * @return true if it was
   */
  public boolean contains(long page) {
    int candidate = lastUpTo(page);
    return candidate >= 0 && page < endPages[candidate];
  }

  /**
   * Visits all ranges in ascending order.
   *
   * @param visitor is told each range
   */
  public void forEachRange(BalloonTracker.RangeVisitor visitor) {
    for (int i = 0; i < firstPages.length; i++) {
      visitor.visit(firstPages[i], endPages[i]);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BalloonSnapshot that
        && Arrays.equals(firstPages, that.firstPages)
        && Arrays.equals(endPages, that.endPages)
        && granuleBytes == that.granuleBytes
        && regions.equals(that.regions)
        && order.equals(that.order);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(firstPages) + Arrays.hashCode(endPages);
  }

  @Override
  public String toString() {
    return "BalloonSnapshot[%d pages in %d ranges, granules in %d runs]"
        .formatted(pages, firstPages.length, order.count());
  }

  /** Is told of runs of granules. */
  @FunctionalInterface
  public interface GranuleRunVisitor {
    /**
     * Called with a run of granules, all of which have ballooned pages.
     *
     * @param newest the index of the granule that was inflated into last
     * @param oldest the index of the one that was inflated into first, at the other end of the run
     */
    void visit(int newest, int oldest);
  }

  private static final class Collector implements BalloonTracker.RangeVisitor {
    private final long[] firstPages;
    private final long[] endPages;
    private int next;

    private Collector(int count) {
      firstPages = new long[count];
      endPages = new long[count];
    }

    @Override
    public void visit(long firstPage, long endPage) {
      firstPages[next] = firstPage;
      endPages[next] = endPage;
      next++;
    }
  }
}
