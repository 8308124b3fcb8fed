package dev.aerostat.tracker;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestRange;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/** A balloon as a bit for each page of RAM and a set of granules in order: fast, and plain. */
final class BalloonModel {
  private final Granules granules;
  private final BitSet bits = new BitSet();
  private final SequencedSet<Integer> order = new LinkedHashSet<>();
  private long pages;

  BalloonModel(Granules granules) {
    this.granules = granules;
  }

  /** Returns the place of a page of RAM: regions lie one after the other, a hole is one bit. */
  private int place(long page) {
    int place = 0;
    long end = 0;
    for (int region = 0; region < granules.memory().regionCount(); region++) {
      GuestRange range = granules.memory().region(region).range();
      place += range.firstPage() == end ? 0 : 1;
      end = range.endPage();
      if (page < end) {
        return place + (int) (page - range.firstPage());
      }
      place += (int) (end - range.firstPage());
    }
    throw new AssertionError("page " + page);
  }

  private int endPlace(long endPage) {
    return place(endPage - 1) + 1;
  }

  long inflate(long first, long end, boolean descending) {
    int added = (int) (end - first) - countIn(first, end);
    bits.set(place(first), endPlace(end));
    pages += added;
    int lowest = granules.indexOf(first);
    int highest = granules.indexOf(end - 1);
    for (int i = 0; i <= highest - lowest; i++) {
      order.addFirst(descending ? highest - i : lowest + i);
    }
    return added;
  }

  long deflate(long first, long end) {
    int removed = countIn(first, end);
    bits.clear(place(first), endPlace(end));
    pages -= removed;
    for (int granule = granules.indexOf(first); granule <= granules.indexOf(end - 1); granule++) {
      if (!intersects(granules.firstPage(granule), granules.endPage(granule))) {
        order.remove(granule);
      }
    }
    return removed;
  }

  void clear() {
    bits.clear();
    order.clear();
    pages = 0;
  }

  long pages() {
    return pages;
  }

  boolean contains(long page) {
    return bits.get(place(page));
  }

  int countIn(long first, long end) {
    int count = 0;
    int last = endPlace(end);
    for (int from = bits.nextSetBit(place(first)); from >= 0 && from < last; ) {
      int to = Math.min(last, bits.nextClearBit(from));
      count += to - from;
      from = bits.nextSetBit(to);
    }
    return count;
  }

  boolean intersects(long first, long end) {
    int next = bits.nextSetBit(place(first));
    return next >= 0 && next < endPlace(end);
  }

  /** Returns how many pages from one of RAM on are ballooned without a gap. */
  long lengthOfRun(long page) {
    int place = place(page);
    return (long) bits.nextClearBit(place) - place;
  }

  /** Returns first pages and end pages of all ranges, in turn. */
  List<Long> ranges() {
    var ranges = new ArrayList<Long>();
    for (int region = 0; region < granules.memory().regionCount(); region++) {
      GuestRange range = granules.memory().region(region).range();
      int base = place(range.firstPage());
      int end = base + (int) (range.endPage() - range.firstPage());
      for (int from = bits.nextSetBit(base); from >= 0 && from < end; ) {
        int to = Math.min(end, bits.nextClearBit(from));
        long first = range.firstPage() + from - base;
        if (!ranges.isEmpty() && ranges.getLast() == first) {
          ranges.removeLast();
        } else {
          ranges.add(first);
        }
        ranges.add(range.firstPage() + to - base);
        from = bits.nextSetBit(to);
      }
    }
    return ranges;
  }

  /** Returns the granules with ballooned pages, the newest first. */
  List<Integer> order() {
    return List.copyOf(order);
  }

  static List<Long> rangesOf(BalloonTracker tracker) {
    var ranges = new ArrayList<Long>();
    tracker.forEachRange(
        (first, end) -> {
          ranges.add(first);
          ranges.add(end);
        });
    return ranges;
  }

  /** Returns end pages and first pages of all ranges, from the highest down. */
  static List<Long> descendingRangesOf(BalloonTracker tracker) {
    var ranges = new ArrayList<Long>();
    tracker.forEachRangeDescending(
        (first, end) -> {
          ranges.add(end);
          ranges.add(first);
        });
    return ranges;
  }

  static List<Integer> orderOf(BalloonTracker tracker) {
    var order = new ArrayList<Integer>();
    for (int at = tracker.mostRecentGranule(); at != BalloonTracker.NONE; ) {
      order.add(at);
      at = tracker.nextOlderGranule(at);
    }
    return order;
  }
}
