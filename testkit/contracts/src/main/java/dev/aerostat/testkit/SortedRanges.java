package dev.aerostat.testkit;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SequencedSet;
import java.util.TreeMap;

/**
 * A balloon as a sorted map from first page to end page, with a count of pages for each part of
 * guest memory: quick enough to be asked after every message of a long traffic in a large guest.
 */
final class SortedRanges {
  private static final int PART_SHIFT = 14;

  private final Granules granules;
  private final TreeMap<Long, Long> endOf = new TreeMap<>();
  private final long[] pagesOfPart;
  private final SequencedSet<Integer> order = new LinkedHashSet<>();
  private long pages;

  SortedRanges(Granules granules) {
    this.granules = granules;
    this.pagesOfPart = new long[(int) (granules.memory().endPage() >>> PART_SHIFT) + 1];
  }

  /** Applies a message and returns the pages that it changed. */
  long apply(BalloonChange message) {
    long before = pages;
    remove(message.first(), message.end());
    if (message.isInflate()) {
      add(message.first(), message.end());
    }
    reorder(message);
    return Math.abs(pages - before);
  }

  private void remove(long first, long end) {
    Map.Entry<Long, Long> left = endOf.lowerEntry(first);
    if (left != null && left.getValue() > first) {
      endOf.put(left.getKey(), first);
      drop(first, left.getValue(), end);
    }
    for (var next = endOf.ceilingEntry(first);
        next != null && next.getKey() < end;
        next = endOf.ceilingEntry(first)) {
      endOf.remove(next.getKey());
      drop(next.getKey(), next.getValue(), end);
    }
  }

  /** Takes a stored range away up to a page, and puts back what lies after that. */
  private void drop(long first, long storedEnd, long end) {
    count(first, Math.min(storedEnd, end), -1);
    if (storedEnd > end) {
      endOf.put(end, storedEnd);
    }
  }

  private void add(long first, long end) {
    count(first, end, 1);
    Map.Entry<Long, Long> left = endOf.lowerEntry(first);
    Long mergedEnd = endOf.remove(end);
    boolean joins = left != null && left.getValue() == first;
    endOf.put(joins ? left.getKey() : first, mergedEnd == null ? end : mergedEnd);
  }

  private void count(long first, long end, int sign) {
    pages += sign * (end - first);
    for (long page = first; page < end; ) {
      int part = (int) (page >>> PART_SHIFT);
      long next = Math.min(end, (part + 1L) << PART_SHIFT);
      pagesOfPart[part] += sign * (next - page);
      page = next;
    }
  }

  private void reorder(BalloonChange message) {
    int lowest = granules.indexOf(message.first());
    int highest = granules.indexOf(message.end() - 1);
    for (int i = 0; i <= highest - lowest; i++) {
      boolean downwards = message.kind() == BalloonChange.Kind.INFLATE_DESCENDING;
      int granule = downwards ? highest - i : lowest + i;
      if (message.isInflate()) {
        order.addFirst(granule);
      } else if (!intersects(granules.firstPage(granule), granules.endPage(granule))) {
        order.remove(granule);
      }
    }
  }

  NavigableMap<Long, Long> ranges() {
    return endOf;
  }

  /** Granules with ballooned pages, the most recent first. */
  SequencedSet<Integer> order() {
    return order;
  }

  List<Integer> newest(int most) {
    return order.stream().limit(most).toList();
  }

  long pages() {
    return pages;
  }

  boolean contains(long page) {
    return nextNotBallooned(page) != page;
  }

  boolean intersects(long first, long end) {
    Map.Entry<Long, Long> last = endOf.lowerEntry(end);
    return last != null && last.getValue() > first;
  }

  long nextBallooned(long page) {
    if (contains(page)) {
      return page;
    }
    Long next = endOf.ceilingKey(page);
    return next == null ? BalloonTracker.NONE : next;
  }

  long nextNotBallooned(long page) {
    Map.Entry<Long, Long> around = endOf.floorEntry(page);
    return around == null ? page : Math.max(page, around.getValue());
  }

  long pagesIn(long first, long end) {
    long counted = 0;
    long part = (first >>> PART_SHIFT) + 1;
    long after = Math.min(end >>> PART_SHIFT, pagesOfPart.length);
    if (part >= after) {
      return summed(first, end);
    }
    for (int i = (int) part; i < after; i++) {
      counted += pagesOfPart[i];
    }
    return counted + summed(first, part << PART_SHIFT) + summed(after << PART_SHIFT, end);
  }

  private long summed(long first, long end) {
    if (first >= end) {
      return 0;
    }
    Map.Entry<Long, Long> left = endOf.lowerEntry(first);
    long sum = left == null ? 0 : Math.max(0, Math.min(left.getValue(), end) - first);
    for (var range : endOf.subMap(first, end).entrySet()) {
      sum += Math.min(range.getValue(), end) - range.getKey();
    }
    return sum;
  }
}
