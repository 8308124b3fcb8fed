package dev.aerostat.bench;

import org.roaringbitmap.RoaringBitmap;

/** {@link RoaringBitmap}, run by run. */
final class RoaringSet extends RunSet {
  private final RoaringBitmap pages = new RoaringBitmap();

  @Override
  void add(long first, long end, boolean descending) {
    pages.add(first, end);
  }

  @Override
  void remove(long first, long end) {
    pages.remove(first, end);
  }

  @Override
  public void clear() {
    pages.clear();
  }

  @Override
  public long endOfRun(long page) {
    return pages.nextAbsentValue((int) page);
  }

  @Override
  public long pagesIn(long first, long end) {
    return pages.rangeCardinality(first, end);
  }
}
