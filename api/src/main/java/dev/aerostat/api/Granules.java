package dev.aerostat.api;

import java.util.Arrays;

/**
 * Guest memory divided into granules: one map call, one mapping each. A granule is an aligned power
 * of two of bytes, clipped at the edges of its region, and is named by its index: 0 for the lowest,
 * counting up with the address, holes skipped.
 *
 * <p>Immutable and safe for use by any thread. Look-ups allocate nothing, and take time that grows
 * with the logarithm of the number of regions.
 */
public final class Granules {
  private final GuestMemory memory;
  private final int shift;

  /** The index of the first granule of each region: ascending, no two the same. */
  private final int[] baseIndex;

  private final int count;

  private Granules(GuestMemory memory, int shift, int[] baseIndex, int count) {
    this.memory = memory;
    this.shift = shift;
    this.baseIndex = baseIndex;
    this.count = count;
  }

  /**
   * Divides memory.
   *
   * @param memory the guest's RAM
   * @param granuleBytes size of a granule in bytes: a power of two, 4 KiB or more
   * @return the granules
   * @throws IllegalArgumentException if the size is not such a power of two, or makes more granules
   *     than 2^30
   */
  public static Granules of(GuestMemory memory, long granuleBytes) {
    if (granuleBytes < Pages.SIZE || Long.bitCount(granuleBytes) != 1) {
      throw new IllegalArgumentException(
          "a granule of %d bytes: expected a power of two of at least %d"
              .formatted(granuleBytes, Pages.SIZE));
    }
    int shift = Long.numberOfTrailingZeros(granuleBytes) - Pages.SHIFT;
    int[] baseIndex = new int[memory.regionCount()];
    long count = 0;
    for (int i = 0; i < baseIndex.length; i++) {
      baseIndex[i] = (int) count;
      count += countIn(memory.region(i).range(), shift);
      if (count > 1 << 30) {
        throw new IllegalArgumentException(
            "granules of %d bytes: %s would have more than 2^30 of them; use a larger granule"
                .formatted(granuleBytes, memory));
      }
    }
    return new Granules(memory, shift, baseIndex, (int) count);
  }

  private static long countIn(GuestRange range, int shift) {
    return ((range.endPage() - 1) >>> shift) - (range.firstPage() >>> shift) + 1;
  }

  /**
   * Returns the memory that is divided.
   *
   * @return the guest's RAM
   */
  public GuestMemory memory() {
    return memory;
  }

  /**
   * Returns the size of a granule that no edge clips.
   *
   * @return bytes, a power of two
   */
  public long granuleBytes() {
    return Pages.SIZE << shift;
  }

  /**
   * Returns the number of granules.
   *
   * @return at least 1
   */
  public int count() {
    return count;
  }

  /**
   * Finds the granule that holds a page.
   *
   * @param page any page number in 4 KiB units
   * @return the granule's index, or -1 if the page is not RAM
   */
  public int indexOf(long page) {
    int region = memory.regionOfPage(page);
    if (region < 0) {
      return -1;
    }
    long firstOfRegion = memory.region(region).range().firstPage() >>> shift;
    return baseIndex[region] + (int) ((page >>> shift) - firstOfRegion);
  }

  /**
   * Returns the first page of a granule.
   *
   * @param index 0 to {@link #count()}, exclusive
   * @return page number in 4 KiB units
   */
  public long firstPage(int index) {
    int region = regionOf(index);
    GuestRange range = memory.region(region).range();
    long unclipped = ((range.firstPage() >>> shift) + index - baseIndex[region]) << shift;
    return Math.max(unclipped, range.firstPage());
  }

  /**
   * Returns the first page after a granule.
   *
   * @param index 0 to {@link #count()}, exclusive
   * @return page number in 4 KiB units
   */
  public long endPage(int index) {
    int region = regionOf(index);
    GuestRange range = memory.region(region).range();
    long unclipped = ((range.firstPage() >>> shift) + index - baseIndex[region] + 1) << shift;
    return Math.min(unclipped, range.endPage());
  }

  /**
   * Returns the addresses of a granule.
   *
   * @param index 0 to {@link #count()}, exclusive
   * @return the guest-physical range
   */
  public GuestRange range(int index) {
    return GuestRange.ofPages(firstPage(index), endPage(index));
  }

  /**
   * Returns where a granule's bytes lie. A granule never spans two regions, so they are contiguous.
   *
   * @param index 0 to {@link #count()}, exclusive
   * @return the host address of its first byte
   */
  public HostAddress hostAddress(int index) {
    return memory.region(regionOf(index)).hostAddress(Pages.toBytes(firstPage(index)));
  }

  private int regionOf(int index) {
    if (index < 0 || index >= count) {
      throw new IndexOutOfBoundsException("granule %d of %d".formatted(index, count));
    }
    int found = Arrays.binarySearch(baseIndex, index);
    return found >= 0 ? found : -found - 2;
  }
}
