package dev.aerostat.examples;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import java.util.Map;
import java.util.TreeMap;

/**
 * A tracker of one's own: the ranges in a sorted map from first page to end page, the order of
 * inflation in a second one from a count of inflates to the granule.
 *
 * <p>Every operation takes logarithmic time for each range or granule it touches, which is fine for
 * guests that balloon in long runs. Unlike {@code BitmapTracker} it allocates on every message, and
 * a guest that fragments its memory can make it as large as it likes: an example, not for a guest
 * that is not trusted.
 */
public final class SortedMapTracker implements BalloonTracker {
  // An entry of a TreeMap and its two boxed numbers, with 8-byte references.
  private static final long ENTRY_BYTES = 56 + 2 * 24;

  private final Granules granules;
  private final TreeMap<Long, Long> endOf = new TreeMap<>();
  private final TreeMap<Long, Integer> order = new TreeMap<>();
  private final long[] placeOf;
  private long inflates;
  private long pages;

  /**
   * Creates a tracker with an empty balloon.
   *
   * @param granules the guest's memory and its granules
   */
  public SortedMapTracker(Granules granules) {
    this.granules = granules;
    this.placeOf = new long[granules.count()];
  }

  @Override
  public Granules granules() {
    return granules;
  }

  @Override
  public long inflate(long firstPage, long endPage, boolean descending) {
    check(firstPage, endPage);
    long added = endPage - firstPage - pagesIn(firstPage, endPage);
    var before = endOf.floorEntry(firstPage);
    long first = before != null && before.getValue() >= firstPage ? before.getKey() : firstPage;
    var last = endOf.floorEntry(endPage);
    long end = last == null ? endPage : Math.max(endPage, last.getValue());
    endOf.subMap(first, true, endPage, true).clear();
    endOf.put(first, end);
    pages += added;
    touch(granules.indexOf(firstPage), granules.indexOf(endPage - 1), descending);
    return added;
  }

  private void touch(int lowest, int highest, boolean descending) {
    for (int i = 0; i <= highest - lowest; i++) {
      int granule = descending ? highest - i : lowest + i;
      forget(granule);
      placeOf[granule] = ++inflates;
      order.put(inflates, granule);
    }
  }

  private void forget(int granule) {
    order.remove(placeOf[granule]);
    placeOf[granule] = 0;
  }

  @Override
  public long deflate(long firstPage, long endPage) {
    check(firstPage, endPage);
    long removed = pagesIn(firstPage, endPage);
    var before = endOf.lowerEntry(firstPage);
    var last = endOf.lowerEntry(endPage);
    endOf.subMap(firstPage, endPage).clear();
    if (before != null && before.getValue() > firstPage) {
      endOf.put(before.getKey(), firstPage);
    }
    if (last != null && last.getValue() > endPage) {
      endOf.put(endPage, last.getValue());
    }
    pages -= removed;
    for (int i = granules.indexOf(firstPage); i <= granules.indexOf(endPage - 1); i++) {
      if (!intersects(granules.firstPage(i), granules.endPage(i))) {
        forget(i);
      }
    }
    return removed;
  }

  private void check(long firstPage, long endPage) {
    if (firstPage < 0 || !granules.memory().containsPages(firstPage, endPage)) {
      throw new IllegalArgumentException(
          "pages [0x%x, 0x%x): expected at least one, all in %s"
              .formatted(firstPage, endPage, granules.memory()));
    }
  }

  @Override
  public void clear() {
    order.values().forEach(granule -> placeOf[granule] = 0);
    order.clear();
    endOf.clear();
    pages = 0;
  }

  @Override
  public boolean contains(long page) {
    var range = endOf.floorEntry(page);
    return range != null && page < range.getValue();
  }

  @Override
  public long nextBallooned(long page) {
    if (contains(page)) {
      return page;
    }
    Long next = endOf.ceilingKey(page);
    return next == null ? NONE : next;
  }

  @Override
  public long nextNotBallooned(long page) {
    var range = endOf.floorEntry(page);
    return range == null ? page : Math.max(page, range.getValue());
  }

  @Override
  public long pagesIn(long firstPage, long endPage) {
    var before = endOf.lowerEntry(firstPage);
    long count = before == null ? 0 : overlap(before, firstPage, endPage);
    for (var range : endOf.subMap(firstPage, endPage).entrySet()) {
      count += overlap(range, firstPage, endPage);
    }
    return count;
  }

  private static long overlap(Map.Entry<Long, Long> range, long firstPage, long endPage) {
    return Math.max(0, Math.min(range.getValue(), endPage) - Math.max(range.getKey(), firstPage));
  }

  @Override
  public long pages() {
    return pages;
  }

  @Override
  public long ranges() {
    return endOf.size();
  }

  @Override
  public void forEachRange(RangeVisitor visitor) {
    endOf.forEach(visitor::visit);
  }

  @Override
  public void forEachRangeDescending(RangeVisitor visitor) {
    endOf.descendingMap().forEach(visitor::visit);
  }

  @Override
  public int mostRecentGranule() {
    return order.isEmpty() ? NONE : order.lastEntry().getValue();
  }

  @Override
  public int nextOlderGranule(int granule) {
    if (granule < 0 || granule >= placeOf.length || placeOf[granule] == 0) {
      throw new IllegalArgumentException(
          "granule %d has no ballooned page, so it has no place in the order".formatted(granule));
    }
    var older = order.lowerEntry(placeOf[granule]);
    return older == null ? NONE : older.getValue();
  }

  @Override
  public long heldBytes() {
    return ENTRY_BYTES * (endOf.size() + order.size()) + Long.BYTES * (long) placeOf.length;
  }
}
