package dev.aerostat.api;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * All RAM of a guest: regions in ascending order, with holes between them (below 4 GiB on a PC),
 * fixed at start.
 *
 * <p>Immutable and safe for use by any thread. Look-ups allocate nothing, and take time that grows
 * with the logarithm of the number of regions.
 */
public final class GuestMemory {
  private final MemoryRegion[] regions;
  private final long[] firstPages;
  private final long[] endPages;

  /** For each region the end of the last of those that touch it, and one another, upwards. */
  private final long[] seamlessEnds;

  private final long pageCount;

  private GuestMemory(MemoryRegion[] regions) {
    this.regions = regions;
    this.firstPages = new long[regions.length];
    this.endPages = new long[regions.length];
    long pages = 0;
    for (int i = 0; i < regions.length; i++) {
      firstPages[i] = regions[i].range().firstPage();
      endPages[i] = regions[i].range().endPage();
      pages += endPages[i] - firstPages[i];
    }
    this.pageCount = pages;
    this.seamlessEnds = endPages.clone();
    for (int i = regions.length - 2; i >= 0; i--) {
      if (endPages[i] == firstPages[i + 1]) {
        seamlessEnds[i] = seamlessEnds[i + 1];
      }
    }
  }

  /**
   * Puts regions together.
   *
   * @param regions at least one, in any order, no two sharing an address
   * @return the memory
   * @throws IllegalArgumentException if there is no region, or two overlap (the message names both)
   */
  public static GuestMemory of(List<MemoryRegion> regions) {
    if (regions.isEmpty()) {
      throw new IllegalArgumentException("guest memory needs at least one region");
    }
    MemoryRegion[] sorted =
        regions.stream()
            .sorted(Comparator.comparing(MemoryRegion::range))
            .toArray(MemoryRegion[]::new);
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i - 1].range().overlaps(sorted[i].range())) {
        throw new IllegalArgumentException(
            "memory regions %s and %s overlap".formatted(sorted[i - 1].range(), sorted[i].range()));
      }
    }
    return new GuestMemory(sorted);
  }

  /**
   * Returns the regions.
   *
   * @return in ascending order, immutable
   */
  public List<MemoryRegion> regions() {
    return List.of(regions);
  }

  /**
   * Returns the amount of RAM, holes not counted.
   *
   * @return bytes
   */
  public long bytes() {
    return Pages.toBytes(pageCount);
  }

  /**
   * Returns the amount of RAM, holes not counted.
   *
   * @return 4 KiB pages
   */
  public long pages() {
    return pageCount;
  }

  /**
   * Returns the page number after the last page of RAM.
   *
   * @return in 4 KiB units, holes counted
   */
  public long endPage() {
    return endPages[endPages.length - 1];
  }

  /**
   * Returns the number of regions.
   *
   * @return at least 1
   */
  public int regionCount() {
    return regions.length;
  }

  /**
   * Returns a region by its place.
   *
   * @param index 0 to {@link #regionCount()}, exclusive, in ascending order of address
   * @return the region
   * @throws IndexOutOfBoundsException if there is no such region
   */
  public MemoryRegion region(int index) {
    return regions[index];
  }

  /**
   * Finds the region that holds a page.
   *
   * @param page any page number in 4 KiB units
   * @return the region's index, or -1 if the page is not RAM
   */
  public int regionOfPage(long page) {
    int index = regionAtOrAfter(page);
    return index < regions.length && page >= firstPages[index] ? index : -1;
  }

  /**
   * Finds the region that holds a page or, if none does, the next one above it.
   *
   * @param page any page number in 4 KiB units
   * @return the index of the lowest region that ends above the page; {@link #regionCount()} if all
   *     end at or below it
   */
  public int regionAtOrAfter(long page) {
    int low = 0;
    int high = regions.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (page >= endPages[middle]) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /**
   * Finds the region that holds a guest-physical address.
   *
   * @param guestAddress any address in bytes
   * @return the region, or empty if the address is not RAM
   */
  public Optional<MemoryRegion> regionOf(long guestAddress) {
    int index = guestAddress < 0 ? -1 : regionOfPage(Pages.ofBytes(guestAddress));
    return index < 0 ? Optional.empty() : Optional.of(regions[index]);
  }

  /**
   * Returns whether all of {@code [firstPage, endPage)} is RAM. Regions that touch count as one.
   *
   * @param firstPage first page number, in 4 KiB units
   * @param endPage first page number after the range
   * @return true if the range is not empty and no page of it lies in a hole
   */
  public boolean containsPages(long firstPage, long endPage) {
    int index = regionOfPage(firstPage);
    return index >= 0 && firstPage < endPage && endPage <= seamlessEnds[index];
  }

  @Override
  public String toString() {
    return "GuestMemory" + regions().stream().map(MemoryRegion::range).toList();
  }
}
