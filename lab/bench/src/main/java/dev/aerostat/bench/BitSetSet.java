package dev.aerostat.bench;

import java.util.BitSet;

/** {@link BitSet} of the guest's size, page by page. */
final class BitSetSet implements ComparedPageSet {
  private final BitSet pages;

  BitSetSet(int endPage) {
    pages = new BitSet(endPage);
  }

  @Override
  public void inflate(int[] pfns, int from, int to) {
    for (int i = from; i < to; i++) {
      pages.set(pfns[i]);
    }
  }

  @Override
  public void deflate(int[] pfns, int from, int to) {
    for (int i = from; i < to; i++) {
      pages.clear(pfns[i]);
    }
  }

  @Override
  public void fill(long first, long end) {
    pages.set((int) first, (int) end);
  }

  @Override
  public void clear() {
    pages.clear();
  }

  @Override
  public long endOfRun(long page) {
    return pages.nextClearBit((int) page);
  }

  @Override
  public long pagesIn(long first, long end) {
    return pages.get((int) first, (int) end).cardinality();
  }
}
