package dev.aerostat.tracker;

import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.Pages;
import java.util.Arrays;

/**
 * Finds granules. Guest memory is cut into chunks, and where a chunk has pages of one region only,
 * a table says which: a guest that names its regions in turn then costs no search.
 */
final class GranuleFinder {
  private static final int MOST_CHUNKS = 256;
  private static final int NO_REGION = -1;

  private final Granules granules;
  private final int shift;

  private final int chunkShift;
  private final int[] regionOfChunk;
  private final long[] firstPages;
  private final long[] endPages;

  /** By region: what to add to a page's number in units of granules to get its granule's index. */
  private final int[] biases;

  GranuleFinder(Granules granules) {
    this.granules = granules;
    this.shift = Long.numberOfTrailingZeros(granules.granuleBytes()) - Pages.SHIFT;
    GuestMemory memory = granules.memory();
    int bits = Long.SIZE - Long.numberOfLeadingZeros(memory.endPage() - 1);
    this.chunkShift = Math.max(0, bits - Integer.numberOfTrailingZeros(MOST_CHUNKS));
    this.regionOfChunk = new int[MOST_CHUNKS];
    this.firstPages = new long[memory.regionCount()];
    this.endPages = new long[memory.regionCount()];
    this.biases = new int[memory.regionCount()];
    Arrays.fill(regionOfChunk, NO_REGION);
    for (int region = memory.regionCount() - 1; region >= 0; region--) {
      add(region, memory.region(region).range());
    }
  }

  private void add(int region, GuestRange range) {
    firstPages[region] = range.firstPage();
    endPages[region] = range.endPage();
    biases[region] = (int) (granules.indexOf(range.firstPage()) - (range.firstPage() >>> shift));
    // Where regions share a chunk the table knows the lowest: the others are searched for.
    int last = (int) ((range.endPage() - 1) >>> chunkShift);
    for (int chunk = (int) (range.firstPage() >>> chunkShift); chunk <= last; chunk++) {
      regionOfChunk[chunk] = region;
    }
  }

  /**
   * Gives the region of a range, for the methods below, or {@link #NO_REGION} if the table knows
   * none that holds all of it.
   *
   * @throws IllegalArgumentException if the range is empty or not all RAM
   */
  int regionOf(long first, long end) {
    long chunk = first >>> chunkShift;
    int region = chunk < MOST_CHUNKS ? regionOfChunk[(int) chunk] : NO_REGION;
    if (region >= 0 && first >= firstPages[region] && end <= endPages[region] && first < end) {
      return region;
    }
    if (!granules.memory().containsPages(first, end)) {
      throw new IllegalArgumentException(refusal(first, end));
    }
    return NO_REGION;
  }

  private String refusal(long first, long end) {
    String what = "pages [0x%x, 0x%x)".formatted(first, end);
    return first >= end
        ? what + " are an empty range: the end must be greater than the first page"
        : what + " are not all RAM; the guest has " + granules.memory();
  }

  /** Gives the index of the granule that holds a page of a region. */
  int indexOf(int region, long page) {
    return region >= 0 ? (int) (page >>> shift) + biases[region] : granules.indexOf(page);
  }

  /** Gives the first page of the granule that holds a page of a region. */
  long firstPageAround(int region, long page) {
    return region >= 0
        ? Math.max(firstPages[region], (page >>> shift) << shift)
        : granules.firstPage(granules.indexOf(page));
  }

  /** Gives the page after the granule that holds a page of a region. */
  long endPageAround(int region, long page) {
    return region >= 0
        ? Math.min(endPages[region], ((page >>> shift) + 1) << shift)
        : granules.endPage(granules.indexOf(page));
  }

  long heldBytes() {
    return HeapSize.OBJECT
        + HeapSize.longs(MOST_CHUNKS / 2)
        + 2 * HeapSize.longs(firstPages.length)
        + HeapSize.longs((biases.length + 1) / 2);
  }
}
