package dev.aerostat.tracker;

import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.Pages;

/**
 * Where the pages of a guest stand in tables without its holes. Pages are <em>packed</em>: all of
 * an aligned leaf keep their distance from one another, and leaves without RAM are left out but for
 * one between regions, which stays empty, and one at either end. So neighbours in packed numbers
 * are neighbours in memory or not both RAM.
 *
 * <p>Guest memory is cut into chunks, and a table has the lowest region of each: a guest that names
 * its regions in turn then costs no search. A <em>row</em> is where such a region stands in the
 * table.
 */
final class RamLayout {
  private static final int MOST_CHUNKS = 64;
  private static final int NO_ROW = -1;

  private static final int COLUMNS = 4;
  private static final int FIRST_PAGE = 0;
  private static final int END_PAGE = 1;

  /** What to add to a page's number to get its packed one. */
  private static final int PACKED_BIAS = 2;

  /** What to add to a page's number in units of granules to get its granule's index. */
  private static final int GRANULE_BIAS = 3;

  private final Granules granules;
  private final int granuleShift;

  private final int chunkShift;
  private final long[] rows;

  private final long[] firstPages;
  private final long[] endPages;
  private final long[] packedBiases;

  private final int leaves;

  RamLayout(Granules granules) {
    this.granules = granules;
    this.granuleShift = Long.numberOfTrailingZeros(granules.granuleBytes()) - Pages.SHIFT;
    GuestMemory memory = granules.memory();
    int bits = Long.SIZE - Long.numberOfLeadingZeros(memory.endPage() - 1);
    // At least 1, so that a negative page number is in no chunk.
    this.chunkShift = Math.max(1, bits - Integer.numberOfTrailingZeros(MOST_CHUNKS));
    this.rows = new long[COLUMNS * MOST_CHUNKS];
    this.firstPages = new long[memory.regionCount()];
    this.endPages = new long[memory.regionCount()];
    this.packedBiases = new long[memory.regionCount()];
    for (int region = 0; region < firstPages.length; region++) {
      add(region, memory.region(region).range());
    }
    long last = endPages[endPages.length - 1] - 1 + packedBiases[packedBiases.length - 1];
    this.leaves = (int) (last >>> Leaf.SHIFT) + 2;
  }

  private void add(int region, GuestRange range) {
    firstPages[region] = range.firstPage();
    endPages[region] = range.endPage();
    packedBiases[region] = packedBias(region);
    int last = (int) ((range.endPage() - 1) >>> chunkShift);
    for (int chunk = (int) (range.firstPage() >>> chunkShift); chunk <= last; chunk++) {
      int row = chunk * COLUMNS;
      if (rows[row + END_PAGE] == 0) {
        rows[row + FIRST_PAGE] = range.firstPage();
        rows[row + END_PAGE] = range.endPage();
        rows[row + PACKED_BIAS] = packedBiases[region];
        rows[row + GRANULE_BIAS] =
            granules.indexOf(range.firstPage()) - (range.firstPage() >>> granuleShift);
      }
    }
  }

  private long packedBias(int region) {
    long leaf = firstPages[region] >>> Leaf.SHIFT;
    if (region == 0) {
      return (1 - leaf) << Leaf.SHIFT;
    }
    long before = (endPages[region - 1] - 1) >>> Leaf.SHIFT;
    long gap = Math.max(0, leaf - before - 2);
    return packedBiases[region - 1] - (gap << Leaf.SHIFT);
  }

  /** Gives how many leaves there can be, those that stay empty included. */
  int leaves() {
    return leaves;
  }

  /**
   * Gives the row of a range, for the methods below, or {@link #NO_ROW} if its chunk's region does
   * not hold all of it.
   *
   * @throws IllegalArgumentException if the range is empty or not all RAM
   */
  int rowOf(long first, long end) {
    long chunk = first >>> chunkShift;
    if (chunk < MOST_CHUNKS) {
      int row = (int) chunk * COLUMNS;
      if (first >= rows[row + FIRST_PAGE] && end <= rows[row + END_PAGE] && first < end) {
        return row;
      }
    }
    if (!granules.memory().containsPages(first, end)) {
      throw new IllegalArgumentException(refusal(first, end));
    }
    return NO_ROW;
  }

  private String refusal(long first, long end) {
    String what = "pages [0x%x, 0x%x)".formatted(first, end);
    return first >= end
        ? what + " are an empty range: the end must be greater than the first page"
        : what + " are not all RAM; the guest has " + granules.memory();
  }

  /** Gives the packed number of a page of a row. */
  long pack(int row, long page) {
    return row >= 0 ? page + rows[row + PACKED_BIAS] : pack(page);
  }

  /** Gives the packed number of a page, or -1 if it is not RAM. */
  long pack(long page) {
    long chunk = page >>> chunkShift;
    if (chunk < MOST_CHUNKS) {
      int row = (int) chunk * COLUMNS;
      if (page >= rows[row + FIRST_PAGE] && page < rows[row + END_PAGE]) {
        return page + rows[row + PACKED_BIAS];
      }
    }
    int region = granules.memory().regionOfPage(page);
    return region < 0 ? -1 : page + packedBiases[region];
  }

  /** Gives the packed number of a page or, if it is not RAM, of the next that is, or the limit. */
  long packNext(long page) {
    long packed = pack(page);
    if (packed >= 0) {
      return packed;
    }
    int next = 0;
    while (next < firstPages.length && firstPages[next] < page) {
      next++;
    }
    return next < firstPages.length
        ? firstPages[next] + packedBiases[next]
        : (long) leaves << Leaf.SHIFT;
  }

  /** Gives the number of a page of RAM from its packed one. */
  long unpack(long packed) {
    int region = firstPages.length - 1;
    while (packed < firstPages[region] + packedBiases[region]) {
      region--;
    }
    return packed - packedBiases[region];
  }

  /** Gives the index of the granule that holds a page of a row. */
  int granuleOf(int row, long page) {
    return row >= 0
        ? (int) ((page >>> granuleShift) + rows[row + GRANULE_BIAS])
        : granules.indexOf(page);
  }

  /** Gives the first page of the granule that holds a page of a row. */
  long firstPageAround(int row, long page) {
    return row >= 0
        ? Math.max(rows[row + FIRST_PAGE], (page >>> granuleShift) << granuleShift)
        : granules.firstPage(granules.indexOf(page));
  }

  /** Gives the page after the granule that holds a page of a row. */
  long endPageAround(int row, long page) {
    return row >= 0
        ? Math.min(rows[row + END_PAGE], ((page >>> granuleShift) + 1) << granuleShift)
        : granules.endPage(granules.indexOf(page));
  }

  long heldBytes() {
    return HeapSize.OBJECT + HeapSize.longs(rows.length) + 3 * HeapSize.longs(firstPages.length);
  }
}
