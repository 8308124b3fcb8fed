package dev.aerostat.api;

/**
 * The set of ballooned pages of one guest, and the order in which they were inflated.
 *
 * <p>All page numbers are in 4 KiB units; all ranges are half-open. The set is a union of disjoint,
 * merged <em>ranges</em>: two ballooned pages that touch are always in the same range, whatever the
 * messages that brought them.
 *
 * <p>The <em>order of inflation</em> is kept for {@link Granules granules}: those with at least one
 * ballooned page, the one inflated into last first. Linux deflates what it inflated last ({@code
 * mm/balloon_compaction.c}: pages are pushed to and popped from the head of one list), so this is
 * the order in which pages are expected to come back.
 *
 * <p>Not thread-safe: one thread at a time, with a happens-before edge between two. {@link
 * #inflate}, {@link #deflate} and the queries allocate nothing but what the set itself needs to
 * grow.
 *
 * <p>The engine asks on its event thread, at every message of the guest, and whoever chooses the
 * messages is the guest. So a call may cost no more than this, with <i>n</i> the larger of the
 * number of ranges and of granules:
 *
 * <ul>
 *   <li>{@link #pages}, {@link #ranges}, {@link #heldBytes}, {@link #granules}: constant time.
 *   <li>{@link #mostRecentGranule}: constant time, except for what deflates have put off until it
 *       is asked.
 *   <li>{@link #contains}, {@link #containsAll}, {@link #intersects}, {@link #nextBallooned},
 *       {@link #nextNotBallooned}, {@link #nextOlderGranule}: O(log <i>n</i>).
 *   <li>{@link #pagesIn}: proportional to the range that is asked for, in granules or in ranges
 *       within it, whatever else is ballooned; O(log <i>n</i>) is better.
 *   <li>{@link #inflate} and {@link #deflate}: O(log <i>n</i>), and proportional to the ranges and
 *       granules that are changed.
 *   <li>{@link #clear}, visits and {@link #snapshot}: proportional to <i>n</i>.
 * </ul>
 *
 * <p>{@code BalloonTrackerContract} of module {@code dev.aerostat.testkit} tests all of this.
 */
public interface BalloonTracker {
  /** What a search answers when it found nothing. */
  int NONE = -1;

  /**
   * Returns the guest memory and the granules that the tracker was made for.
   *
   * @return the granules whose order of inflation it keeps
   */
  Granules granules();

  /**
   * Adds pages to the balloon. Pages that are in it already stay; every granule touched becomes the
   * most recent one.
   *
   * @param firstPage first page of the range
   * @param endPage first page after the range
   * @param descending whether the guest named the pages from the highest to the lowest: it decides
   *     which end of the range is the most recent
   * @return the number of pages that were not in the balloon before
   * @throws IllegalArgumentException if the range is empty or not all RAM: the message names both
   *     page numbers in hexadecimal
   */
  long inflate(long firstPage, long endPage, boolean descending);

  /**
   * Takes pages out of the balloon. Pages that are not in it are passed over; a granule that has no
   * ballooned page left leaves the order.
   *
   * @param firstPage first page of the range
   * @param endPage first page after the range
   * @return the number of pages that were in the balloon before
   * @throws IllegalArgumentException if the range is empty or not all RAM: the message names both
   *     page numbers in hexadecimal
   */
  long deflate(long firstPage, long endPage);

  /** Empties the balloon. */
  void clear();

  /**
   * Returns whether a page is ballooned.
   *
   * @param page any page number from 0
   * @return true if it is
   */
  boolean contains(long page);

  /**
   * Returns whether all pages of a range are ballooned.
   *
   * @param firstPage first page, 0 or more
   * @param endPage first page after the range, greater than {@code firstPage}
   * @return true if they are
   */
  default boolean containsAll(long firstPage, long endPage) {
    return nextNotBallooned(firstPage) >= endPage;
  }

  /**
   * Returns whether any page of a range is ballooned.
   *
   * @param firstPage first page, 0 or more
   * @param endPage first page after the range, greater than {@code firstPage}
   * @return true if one is
   */
  default boolean intersects(long firstPage, long endPage) {
    long next = nextBallooned(firstPage);
    return next != NONE && next < endPage;
  }

  /**
   * Finds the first ballooned page from a page on.
   *
   * @param page 0 or more
   * @return the smallest ballooned page number that is not less than {@code page}, or {@link #NONE}
   */
  long nextBallooned(long page);

  /**
   * Finds the first page that is not ballooned, RAM or not, from a page on.
   *
   * @param page 0 or more
   * @return the smallest such page number that is not less than {@code page}
   */
  long nextNotBallooned(long page);

  /**
   * Counts the ballooned pages of a range.
   *
   * @param firstPage first page, 0 or more
   * @param endPage first page after the range, greater than {@code firstPage}
   * @return 0 to {@code endPage - firstPage}
   */
  long pagesIn(long firstPage, long endPage);

  /**
   * Counts all ballooned pages, in constant time.
   *
   * @return 0 to the pages of the guest
   */
  long pages();

  /**
   * Counts the disjoint ranges, in constant time.
   *
   * @return 0 to half the pages of the guest, rounded up
   */
  long ranges();

  /**
   * Visits all ranges in ascending order. The balloon must not change meanwhile.
   *
   * @param visitor is told each range
   */
  void forEachRange(RangeVisitor visitor);

  /**
   * Visits all ranges in descending order. The balloon must not change meanwhile.
   *
   * @param visitor is told each range
   */
  void forEachRangeDescending(RangeVisitor visitor);

  /**
   * Returns the granule that was inflated into last.
   *
   * @return its index, or {@link #NONE} if the balloon is empty
   */
  int mostRecentGranule();

  /**
   * Returns the granule that was inflated into last before {@code granule} was.
   *
   * @param granule the index of a granule with ballooned pages
   * @return the next older one's index, or {@link #NONE} if it is the oldest
   * @throws IllegalArgumentException if the granule has no ballooned page
   */
  int nextOlderGranule(int granule);

  /**
   * Returns the memory that the tracker itself holds.
   *
   * @return bytes of the Java heap, as a close estimate from the sizes of its arrays
   */
  long heldBytes();

  /**
   * Copies the ranges and the order of inflation.
   *
   * @return what is ballooned now, immutable
   */
  default BalloonSnapshot snapshot() {
    return BalloonSnapshot.of(this);
  }

  /** Is told of ranges of pages. */
  @FunctionalInterface
  interface RangeVisitor {
    /**
     * Called with a range.
     *
     * @param firstPage its first page
     * @param endPage the first page after it
     */
    void visit(long firstPage, long endPage);
  }
}
