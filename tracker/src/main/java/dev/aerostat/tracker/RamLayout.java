package dev.aerostat.tracker;

import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.Pages;
import java.util.Arrays;

/**
 * Where the pages of a guest stand in tables without its holes. Pages are <em>packed</em>: all of
 * an aligned block keep their distance from one another, and blocks without RAM are left out but
 * for one between regions, which stays empty, and one at either end. So neighbours in packed
 * numbers are neighbours in memory or not both RAM.
 *
 * <p>Guest memory is cut into chunks, and a table has the lowest region of each: a guest that names
 * its regions in turn then costs no search.
 */
final class RamLayout {
  private static final int MOST_CHUNKS = 64;

  private final GuestMemory memory;
  private final int chunkShift;
  private final PackedRegion[] chunks = new PackedRegion[MOST_CHUNKS];
  private final PackedRegion[] regions;
  private final int blocks;

  RamLayout(Granules granules) {
    memory = granules.memory();
    int bits = Long.SIZE - Long.numberOfLeadingZeros(memory.endPage() - 1);
    // At least 1, so that a negative page number is in no chunk.
    chunkShift = Math.max(1, bits - Integer.numberOfTrailingZeros(MOST_CHUNKS));
    Arrays.fill(chunks, PackedRegion.NONE);
    regions = new PackedRegion[memory.regionCount()];
    for (int region = 0; region < regions.length; region++) {
      regions[region] = placed(region, granules);
      enter(regions[region]);
    }
    PackedRegion last = regions[regions.length - 1];
    blocks = (int) (last.pack(last.endPage() - 1) >>> Block.SHIFT) + 2;
  }

  private PackedRegion placed(int region, Granules granules) {
    int granuleShift = Long.numberOfTrailingZeros(granules.granuleBytes()) - Pages.SHIFT;
    GuestRange range = memory.region(region).range();
    return new PackedRegion(
        range.firstPage(),
        range.endPage(),
        packedBias(region, range.firstPage() >>> Block.SHIFT),
        granuleShift,
        granules.indexOf(range.firstPage()) - (range.firstPage() >>> granuleShift));
  }

  private long packedBias(int region, long block) {
    if (region == 0) {
      return (1 - block) << Block.SHIFT;
    }
    PackedRegion below = regions[region - 1];
    long before = (below.endPage() - 1) >>> Block.SHIFT;
    long gap = Math.max(0, block - before - 2);
    return below.packedBias() - (gap << Block.SHIFT);
  }

  private void enter(PackedRegion region) {
    int last = (int) ((region.endPage() - 1) >>> chunkShift);
    for (int chunk = (int) (region.firstPage() >>> chunkShift); chunk <= last; chunk++) {
      if (chunks[chunk].endPage() == 0) {
        chunks[chunk] = region;
      }
    }
  }

  /** Returns how many blocks there can be, those that stay empty included. */
  int blocks() {
    return blocks;
  }

  /** Returns the lowest region of the chunk that a page lies in; it may not hold the page. */
  PackedRegion likelyRegionOf(long page) {
    long chunk = page >>> chunkShift;
    return chunk < MOST_CHUNKS ? chunks[(int) chunk] : PackedRegion.NONE;
  }

  /**
   * Returns the region that holds the first page of a range. The others may lie in regions that
   * touch it.
   *
   * @throws IllegalArgumentException if the range is empty or not all RAM
   */
  PackedRegion regionOf(long first, long end) {
    if (!memory.containsPages(first, end)) {
      throw new IllegalArgumentException(refusal(first, end));
    }
    return regions[memory.regionOfPage(first)];
  }

  private String refusal(long first, long end) {
    String what = "pages [0x%x, 0x%x)".formatted(first, end);
    return first >= end
        ? what + " are an empty range: the end must be greater than the first page"
        : what + " are not all RAM; the guest has " + memory;
  }

  /** Returns the packed number of a page, or -1 if it is not RAM. */
  long pack(long page) {
    PackedRegion likely = likelyRegionOf(page);
    if (likely.holds(page)) {
      return likely.pack(page);
    }
    int region = memory.regionOfPage(page);
    return region < 0 ? -1 : regions[region].pack(page);
  }

  /**
   * Returns the packed number of a page or, if it is not RAM, of the next that is, or the limit.
   */
  long packNext(long page) {
    long packed = pack(page);
    if (packed >= 0) {
      return packed;
    }
    int next = memory.regionAtOrAfter(page);
    return next < regions.length
        ? regions[next].pack(regions[next].firstPage())
        : (long) blocks << Block.SHIFT;
  }

  /** Returns the number of a page of RAM from its packed one. */
  long unpack(long packed) {
    int low = 0;
    int high = regions.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (packed < regions[middle].pack(regions[middle].firstPage())) {
        high = middle - 1;
      } else {
        low = middle;
      }
    }
    return packed - regions[low].packedBias();
  }

  long heldBytes() {
    return HeapSize.OBJECT
        + HeapSize.references(chunks.length)
        + HeapSize.references(regions.length)
        + regions.length * HeapSize.OBJECT;
  }
}
