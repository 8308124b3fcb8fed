package dev.aerostat.bench;

import com.google.common.collect.Range;
import com.google.common.collect.TreeRangeSet;

/** Guava's {@link TreeRangeSet}, run by run. */
final class GuavaSet extends RunSet {
  private final TreeRangeSet<Long> pages = TreeRangeSet.create();

  @Override
  void add(long first, long end, boolean descending) {
    pages.add(Range.closedOpen(first, end));
  }

  @Override
  void remove(long first, long end) {
    pages.remove(Range.closedOpen(first, end));
  }

  @Override
  public void clear() {
    pages.clear();
  }

  @Override
  public long endOfRun(long page) {
    Range<Long> run = pages.rangeContaining(page);
    return run == null ? page : run.upperEndpoint();
  }

  @Override
  public long pagesIn(long first, long end) {
    long count = 0;
    for (Range<Long> run : pages.subRangeSet(Range.closedOpen(first, end)).asRanges()) {
      count += run.upperEndpoint() - run.lowerEndpoint();
    }
    return count;
  }
}
