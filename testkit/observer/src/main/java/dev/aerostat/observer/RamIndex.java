package dev.aerostat.observer;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;

/**
 * Numbers the pages of RAM from 0 without the holes. Everything the observer keeps is by this
 * number. Not thread-safe: it remembers the region it looked at last.
 */
final class RamIndex {
  private final GuestMemory memory;
  private final long[] regionStart;
  private long cachedFirst;
  private long cachedEnd;
  private long cachedOffset;

  RamIndex(GuestMemory memory) {
    this.memory = memory;
    this.regionStart = new long[memory.regionCount()];
    for (int i = 1; i < regionStart.length; i++) {
      GuestRange before = memory.region(i - 1).range();
      regionStart[i] = regionStart[i - 1] + before.endPage() - before.firstPage();
    }
  }

  GuestMemory memory() {
    return memory;
  }

  long pages() {
    return memory.pages();
  }

  /**
   * Returns the number of the first of {@code count} pages, or -1 unless all lie in one region.
   *
   * @param page a page number as the guest counts, 0 or more
   */
  long indexOf(long page, long count) {
    if (page < cachedFirst || page >= cachedEnd) {
      int region = memory.regionOfPage(page);
      if (region < 0) {
        return -1;
      }
      GuestRange range = memory.region(region).range();
      cachedFirst = range.firstPage();
      cachedEnd = range.endPage();
      cachedOffset = regionStart[region] - cachedFirst;
    }
    return page + count <= cachedEnd ? page + cachedOffset : -1;
  }

  /** Counts the pages of RAM below a page, which may lie in a hole or beyond RAM. */
  long pagesBelow(long page) {
    long below = 0;
    for (int i = 0; i < regionStart.length; i++) {
      GuestRange range = memory.region(i).range();
      if (page > range.firstPage()) {
        below = regionStart[i] + Math.min(page, range.endPage()) - range.firstPage();
      }
    }
    return below;
  }

  /**
   * Returns the guest's addresses of {@code [first, end)}, as far as the region of the first goes.
   */
  GuestRange range(long first, long end) {
    int region = regionStart.length - 1;
    while (regionStart[region] > first) {
      region--;
    }
    GuestRange range = memory.region(region).range();
    long offset = range.firstPage() - regionStart[region];
    return GuestRange.ofPages(first + offset, Math.min(end + offset, range.endPage()));
  }
}
