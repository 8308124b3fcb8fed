package dev.aerostat.testkit;

import com.google.common.collect.Range;
import com.google.common.collect.RangeSet;
import com.google.common.collect.TreeRangeSet;
import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/** A balloon as Guava and the JDK would keep it: slow, and beyond doubt. */
final class TrackerModel {
  private final Granules granules;
  private final RangeSet<Long> set = TreeRangeSet.create();
  private final SequencedSet<Integer> order = new LinkedHashSet<>();

  TrackerModel(Granules granules) {
    this.granules = granules;
  }

  /** Applies a message and returns the pages that it changed. */
  long apply(BalloonChange message) {
    long before = pagesIn(message.first(), message.end());
    var range = Range.closedOpen(message.first(), message.end());
    int lowest = granules.indexOf(message.first());
    int highest = granules.indexOf(message.end() - 1);
    switch (message.kind()) {
      case INFLATE -> {
        set.add(range);
        for (int granule = lowest; granule <= highest; granule++) {
          order.addFirst(granule);
        }
      }
      case INFLATE_DESCENDING -> {
        set.add(range);
        for (int granule = highest; granule >= lowest; granule--) {
          order.addFirst(granule);
        }
      }
      case DEFLATE -> {
        set.remove(range);
        for (int granule = lowest; granule <= highest; granule++) {
          forgetIfEmpty(granule, granule > lowest && granule < highest);
        }
      }
    }
    return Math.abs(pagesIn(message.first(), message.end()) - before);
  }

  private void forgetIfEmpty(int granule, boolean surelyEmpty) {
    if (surelyEmpty || !intersects(granules.firstPage(granule), granules.endPage(granule))) {
      order.remove(granule);
    }
  }

  void clear() {
    set.clear();
    order.clear();
  }

  List<Range<Long>> ranges() {
    return new ArrayList<>(set.asRanges());
  }

  /** Granules with ballooned pages, the most recent first. */
  List<Integer> order() {
    return new ArrayList<>(order);
  }

  long pages() {
    return length(set);
  }

  boolean contains(long page) {
    return set.contains(page);
  }

  boolean containsAll(long first, long end) {
    return set.encloses(Range.closedOpen(first, end));
  }

  boolean intersects(long first, long end) {
    return set.intersects(Range.closedOpen(first, end));
  }

  long pagesIn(long first, long end) {
    return length(set.subRangeSet(Range.closedOpen(first, end)));
  }

  long nextBallooned(long page) {
    RangeSet<Long> later = set.subRangeSet(Range.atLeast(page));
    return later.isEmpty() ? BalloonTracker.NONE : later.span().lowerEndpoint();
  }

  long nextNotBallooned(long page) {
    Range<Long> around = set.rangeContaining(page);
    return around == null ? page : around.upperEndpoint();
  }

  private static long length(RangeSet<Long> pages) {
    return pages.asRanges().stream().mapToLong(r -> r.upperEndpoint() - r.lowerEndpoint()).sum();
  }
}
