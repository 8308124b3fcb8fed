package dev.aerostat.api;

import java.util.Arrays;

/**
 * What was ballooned at one moment: disjoint, merged ranges in ascending order.
 *
 * <p>Immutable and safe for use by any thread. Page numbers are in 4 KiB units.
 */
public final class BalloonSnapshot {
  private final long[] firstPages;
  private final long[] endPages;
  private final long pages;

  private BalloonSnapshot(long[] firstPages, long[] endPages, long pages) {
    this.firstPages = firstPages;
    this.endPages = endPages;
    this.pages = pages;
  }

  /**
   * Copies the ranges of a tracker.
   *
   * @param tracker must not change meanwhile
   * @return its ranges
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
    return new BalloonSnapshot(collector.firstPages, collector.endPages, tracker.pages());
  }

  /**
   * Gives the number of ranges.
   *
   * @return 0 or more
   */
  public int ranges() {
    return firstPages.length;
  }

  /**
   * Gives the number of pages in all ranges.
   *
   * @return 0 or more
   */
  public long pages() {
    return pages;
  }

  /**
   * Gives a range.
   *
   * @param index 0 to {@link #ranges()}, exclusive, in ascending order
   * @return the range in bytes
   * @throws IndexOutOfBoundsException if there is no such range
   */
  public GuestRange range(int index) {
    return GuestRange.ofPages(firstPages[index], endPages[index]);
  }

  /**
   * Says whether a page was ballooned.
   *
   * @param page any page number
   * @return true if it was
   */
  public boolean contains(long page) {
    int found = Arrays.binarySearch(firstPages, page);
    int candidate = found >= 0 ? found : -found - 2;
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
        && Arrays.equals(endPages, that.endPages);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(firstPages) + Arrays.hashCode(endPages);
  }

  @Override
  public String toString() {
    return "BalloonSnapshot[%d pages in %d ranges]".formatted(pages, firstPages.length);
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
