package dev.aerostat.tracker;

import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.Pages;
import java.util.Arrays;

/**
 * Where the pages of a guest stand in tables without its holes. Pages are <em>packed</em>: all of
 * an aligned leaf keep their distance from one another, and leaves without RAM are left out but for
 * one between regions, which stays empty, and one at either end. So neighbours in packed numbers
 * are neighbours in memory or not both RAM.
 *
 * <p>Guest memory is cut into chunks, and where a chunk has pages of one region only, a table says
 * which: a guest that names its regions in turn then costs no search.
 */
final class RamLayout {
  private static final int MOST_CHUNKS = 256;
  private static final int NO_REGION = -1;

  private final Granules granules;
  private final int granuleShift;

  private final int chunkShift;
  private final int[] regionOfChunk;
  private final long[] firstPages;
  private final long[] endPages;

  /** By region: what to add to a page's number in units of granules to get its granule's index. */
  private final int[] granuleBiases;

  /** By region: what to add to a page's number to get its packed one. */
  private final long[] packedBiases;

  private final int leaves;

  RamLayout(Granules granules) {
    this.granules = granules;
    this.granuleShift = Long.numberOfTrailingZeros(granules.granuleBytes()) - Pages.SHIFT;
    GuestMemory memory = granules.memory();
    int bits = Long.SIZE - Long.numberOfLeadingZeros(memory.endPage() - 1);
    this.chunkShift = Math.max(0, bits - Integer.numberOfTrailingZeros(MOST_CHUNKS));
    this.regionOfChunk = new int[MOST_CHUNKS];
    this.firstPages = new long[memory.regionCount()];
    this.endPages = new long[memory.regionCount()];
    this.granuleBiases = new int[memory.regionCount()];
    this.packedBiases = new long[memory.regionCount()];
    Arrays.fill(regionOfChunk, NO_REGION);
    for (int region = 0; region < firstPages.length; region++) {
      add(region, memory.region(region).range());
    }
    long last = endPages[endPages.length - 1] - 1 + packedBiases[packedBiases.length - 1];
    this.leaves = (int) (last >>> Leaf.SHIFT) + 2;
  }

  private void add(int region, GuestRange range) {
    firstPages[region] = range.firstPage();
    endPages[region] = range.endPage();
    granuleBiases[region] =
        (int) (granules.indexOf(range.firstPage()) - (range.firstPage() >>> granuleShift));
    packedBiases[region] = packedBias(region);
    int last = (int) ((range.endPage() - 1) >>> chunkShift);
    for (int chunk = (int) (range.firstPage() >>> chunkShift); chunk <= last; chunk++) {
      // Where regions share a chunk the table knows the lowest: the others are searched for.
      if (regionOfChunk[chunk] == NO_REGION) {
        regionOfChunk[chunk] = region;
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
   * Gives the region of a range, for the methods below, or {@link #NO_REGION} if the table knows
   * none that holds all of it.
   *
   * @throws IllegalArgumentException if the range is empty or not all RAM
   */
  int regionOf(long first, long end) {
    int region = regionOfChunk(first);
    if (region >= 0 && first >= firstPages[region] && end <= endPages[region] && first < end) {
      return region;
    }
    if (!granules.memory().containsPages(first, end)) {
      throw new IllegalArgumentException(refusal(first, end));
    }
    return NO_REGION;
  }

  private int regionOfChunk(long page) {
    long chunk = page >>> chunkShift;
    return chunk < MOST_CHUNKS ? regionOfChunk[(int) chunk] : NO_REGION;
  }

  private String refusal(long first, long end) {
    String what = "pages [0x%x, 0x%x)".formatted(first, end);
    return first >= end
        ? what + " are an empty range: the end must be greater than the first page"
        : what + " are not all RAM; the guest has " + granules.memory();
  }

  /** Gives the region of a page, or {@link #NO_REGION} if it is not RAM. */
  private int regionOf(long page) {
    int region = regionOfChunk(page);
    return region >= 0 && page >= firstPages[region] && page < endPages[region]
        ? region
        : granules.memory().regionOfPage(page);
  }

  /** Gives the packed number of a page of a region. */
  long pack(int region, long page) {
    return page + packedBiases[region >= 0 ? region : granules.memory().regionOfPage(page)];
  }

  /** Gives the packed number of a page, or -1 if it is not RAM. */
  long pack(long page) {
    int region = regionOf(page);
    return region < 0 ? -1 : page + packedBiases[region];
  }

  /** Gives the packed number of a page or, if it is not RAM, of the next that is, or the limit. */
  long packNext(long page) {
    int region = regionOf(page);
    if (region >= 0) {
      return page + packedBiases[region];
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

  /** Gives the index of the granule that holds a page of a region. */
  int granuleOf(int region, long page) {
    return region >= 0
        ? (int) (page >>> granuleShift) + granuleBiases[region]
        : granules.indexOf(page);
  }

  /** Gives the first page of the granule that holds a page of a region. */
  long firstPageAround(int region, long page) {
    return region >= 0
        ? Math.max(firstPages[region], (page >>> granuleShift) << granuleShift)
        : granules.firstPage(granules.indexOf(page));
  }

  /** Gives the page after the granule that holds a page of a region. */
  long endPageAround(int region, long page) {
    return region >= 0
        ? Math.min(endPages[region], ((page >>> granuleShift) + 1) << granuleShift)
        : granules.endPage(granules.indexOf(page));
  }

  long heldBytes() {
    return HeapSize.OBJECT
        + HeapSize.ints(MOST_CHUNKS)
        + 3 * HeapSize.longs(firstPages.length)
        + HeapSize.ints(granuleBiases.length);
  }
}
