package dev.aerostat.engine.core;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** The plainest tracker there is, so that the core's tests depend on no other: a bit a page. */
final class BitSetTracker implements BalloonTracker {
  private final Granules granules;
  private final BitSet pages = new BitSet();
  private final List<Integer> newestFirst = new ArrayList<>();

  BitSetTracker(Granules granules) {
    this.granules = granules;
    pages.set(Math.toIntExact(granules.memory().endPage())); // So that it never grows again.
    pages.clear();
  }

  @Override
  public Granules granules() {
    return granules;
  }

  /** Returns the pages themselves. */
  BitSet bits() {
    return pages;
  }

  /** Returns the granules with ballooned pages. */
  List<Integer> newestFirst() {
    return newestFirst;
  }

  @Override
  public long inflate(long firstPage, long endPage, boolean descending) {
    requireRam(firstPage, endPage);
    long added = endPage - firstPage - pagesIn(firstPage, endPage);
    pages.set((int) firstPage, (int) endPage);
    int low = granules.indexOf(firstPage);
    int high = granules.indexOf(endPage - 1);
    for (int i = 0; i <= high - low; i++) {
      int granule = descending ? high - i : low + i;
      forget(granule);
      newestFirst.add(0, granule);
    }
    return added;
  }

  @Override
  public long deflate(long firstPage, long endPage) {
    requireRam(firstPage, endPage);
    long removed = pagesIn(firstPage, endPage);
    pages.clear((int) firstPage, (int) endPage);
    int high = granules.indexOf(endPage - 1);
    for (int granule = granules.indexOf(firstPage); granule <= high; granule++) {
      if (!intersects(granules.firstPage(granule), granules.endPage(granule))) {
        forget(granule);
      }
    }
    return removed;
  }

  private void forget(int granule) {
    int position = newestFirst.indexOf(granule);
    if (position >= 0) {
      newestFirst.remove(/* index */ position);
    }
  }

  @Override
  public void clear() {
    pages.clear();
    newestFirst.clear();
  }

  @Override
  public boolean contains(long page) {
    return pages.get((int) page);
  }

  @Override
  public long nextBallooned(long page) {
    return pages.nextSetBit((int) page);
  }

  @Override
  public long nextNotBallooned(long page) {
    return pages.nextClearBit((int) page);
  }

  @Override
  public long pagesIn(long firstPage, long endPage) {
    long count = 0;
    int page = pages.nextSetBit((int) firstPage);
    while (page >= 0 && page < endPage) {
      int end = (int) Math.min(endPage, pages.nextClearBit(page));
      count += end - page;
      page = pages.nextSetBit(end);
    }
    return count;
  }

  @Override
  public long pages() {
    return pages.cardinality();
  }

  @Override
  public long ranges() {
    long count = 0;
    for (int page = pages.nextSetBit(0);
        page >= 0;
        page = pages.nextSetBit(pages.nextClearBit(page))) {
      count++;
    }
    return count;
  }

  @Override
  public void forEachRange(RangeVisitor visitor) {
    for (int page = pages.nextSetBit(0); page >= 0; ) {
      int end = pages.nextClearBit(page);
      visitor.visit(page, end);
      page = pages.nextSetBit(end);
    }
  }

  @Override
  public void forEachRangeDescending(RangeVisitor visitor) {
    for (int end = pages.length(); end > 0; ) {
      int first = pages.previousClearBit(end - 1) + 1;
      visitor.visit(first, end);
      end = pages.previousSetBit(Math.max(0, first - 1)) + 1;
      if (first == 0) {
        return;
      }
    }
  }

  @Override
  public int mostRecentGranule() {
    return newestFirst.isEmpty() ? NONE : newestFirst.get(0);
  }

  @Override
  public int nextOlderGranule(int granule) {
    int position = newestFirst.indexOf(granule);
    if (position < 0) {
      throw new IllegalArgumentException("granule %d has no ballooned page".formatted(granule));
    }
    return position + 1 < newestFirst.size() ? newestFirst.get(position + 1) : NONE;
  }

  @Override
  public long heldBytes() {
    return pages.size() / Byte.SIZE + 4L * newestFirst.size();
  }

  private void requireRam(long firstPage, long endPage) {
    if (!granules.memory().containsPages(firstPage, endPage)) {
      throw new IllegalArgumentException(
          "[%d, %d) is empty or not all RAM".formatted(firstPage, endPage));
    }
  }
}
