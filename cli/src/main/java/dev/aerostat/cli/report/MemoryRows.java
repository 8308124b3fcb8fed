package dev.aerostat.cli.report;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.Pages;

/** Guest RAM in rows of the same size, to within a page; holes belong to no row. Immutable. */
final class MemoryRows {
  static final int MOST = 256;

  private static final long LEAST_BYTES = 2L << 20;

  private final GuestMemory memory;
  private final long[] pagesBefore;
  private final int count;

  /** Called with the parts of a range of pages, each in one row. */
  interface PartVisitor {
    void visit(int row, long firstPage, long endPage);
  }

  /** Divides memory into as many rows as a picture can show, of 2 MiB at the least. */
  MemoryRows(GuestMemory memory) {
    this.memory = memory;
    this.pagesBefore = new long[memory.regionCount()];
    for (int i = 1; i < pagesBefore.length; i++) {
      pagesBefore[i] = pagesBefore[i - 1] + Pages.ofBytes(memory.region(i - 1).range().length());
    }
    this.count = Math.clamp(memory.bytes() / LEAST_BYTES, 1, MOST);
  }

  int count() {
    return count;
  }

  /** Returns the pages in a row. */
  long pages(int row) {
    return start(row + 1) - start(row);
  }

  /** Returns how much RAM lies below a row, in pages. */
  private long start(int row) {
    return Math.ceilDiv(row * memory.pages(), count);
  }

  /** Takes a range of RAM apart, from the lowest page up. */
  void parts(long firstPage, long endPage, PartVisitor visitor) {
    long page = firstPage;
    while (page < endPage) {
      int region = memory.regionOfPage(page);
      GuestRange range = memory.region(region).range();
      long index = pagesBefore[region] + page - range.firstPage();
      int row = (int) (index * count / memory.pages());
      long end = Math.min(endPage, Math.min(range.endPage(), page + start(row + 1) - index));
      visitor.visit(row, page, end);
      page = end;
    }
  }
}
