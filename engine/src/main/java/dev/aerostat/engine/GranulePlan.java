package dev.aerostat.engine;

import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.mapper.spi.MapperLimits;
import java.util.List;

/**
 * Decides, before the guest starts, how memory is divided into mappings, so that the mapper never
 * meets its limits afterwards.
 */
public final class GranulePlan {
  /** The smallest granule, in bytes, where pages are merged. */
  public static final long SMALLEST_GRANULE = 2L << 20;

  /**
   * Keeps the engine's own books below 8 MiB where the mapper, as iommufd does, sets no limit: 2
   * MiB granules up to 512 GiB.
   */
  private static final long MOST_GRANULES = 1 << 18;

  private static final long LARGEST_GRANULE = 1L << 44;

  private GranulePlan() {}

  /**
   * Plans granules of the smallest power of two that fits the limits.
   *
   * @param memory the guest's RAM
   * @param limits what the mapper allows
   * @param reservedEntries mappings to leave to the VMM's own use, 0 or more
   * @return the granules
   * @throws IllegalArgumentException if RAM lies outside the IOVA ranges (names region and hole) or
   *     over two of them, a region or the host memory behind it does not fit the IOMMU's smallest
   *     page, or there is no room for one mapping a region
   */
  public static Granules of(GuestMemory memory, MapperLimits limits, long reservedEntries) {
    memory.regions().forEach(region -> check(region, limits));
    long entries = Math.min(limits.entriesLeft() - reservedEntries, MOST_GRANULES);
    if (entries < memory.regionCount()) {
      throw new IllegalArgumentException(
          ("the container has room for %d mappings and %d are reserved, but guest memory has %d"
                  + " regions of at least one mapping each; raise"
                  + " vfio_iommu_type1.dma_entry_limit or reserve less")
              .formatted(limits.entriesLeft(), reservedEntries, memory.regionCount()));
    }
    long granule = Math.max(SMALLEST_GRANULE, limits.smallestPage());
    while (granule < LARGEST_GRANULE && count(memory, granule) > entries) {
      granule *= 2;
    }
    return Granules.of(memory, granule);
  }

  /**
   * Plans a granule a page, as a host without merging would: for comparison.
   *
   * @param memory the guest's RAM
   * @param limits what the mapper allows
   * @return granules of the IOMMU's smallest page
   * @throws IllegalArgumentException as for {@link #of}, or if there are more pages than the mapper
   *     has entries, or than 2^24: the books for each would cost gigabytes
   */
  public static Granules unmerged(GuestMemory memory, MapperLimits limits) {
    memory.regions().forEach(region -> check(region, limits));
    long most = Math.min(limits.entriesLeft(), 1L << 24);
    long pages = count(memory, limits.smallestPage());
    if (pages > most) {
      throw new IllegalArgumentException(
          "%d mappings of %d bytes are more than the %d there is room for; merge pages"
              .formatted(pages, limits.smallestPage(), most));
    }
    return Granules.of(memory, limits.smallestPage());
  }

  private static void check(MemoryRegion region, MapperLimits limits) {
    checkTranslated(region.range(), limits.iovaRanges());
    long page = limits.smallestPage();
    if (region.range().start() % page != 0 || region.range().end() % page != 0) {
      throw new IllegalArgumentException(
          "guest RAM %s does not fit the IOMMU's smallest page of %d bytes"
              .formatted(region.range(), page));
    }
    if (region.segment().address() % page != 0) {
      throw new IllegalArgumentException(
          ("guest RAM %s lies at host address 0x%x, which is not a multiple of the IOMMU's smallest"
                  + " page of %d bytes; allocate it at one that is")
              .formatted(region.range(), region.segment().address(), page));
    }
  }

  /** A mapping lies in one IOVA range, even where the next one touches it. */
  private static void checkTranslated(GuestRange ram, List<IovaRange> ranges) {
    long start = ram.start();
    long seam = 0;
    for (IovaRange range : ranges) {
      if (range.end() <= start) {
        continue;
      }
      if (range.start() > start) {
        refuseHole(ram, ranges, new IovaRange(start, Math.min(range.start(), ram.end())));
      }
      if (ram.end() <= range.end()) {
        refuseSeam(ram, seam);
        return;
      }
      seam = seam == 0 ? range.end() : seam;
      start = range.end();
    }
    refuseHole(ram, ranges, new IovaRange(start, ram.end()));
  }

  private static void refuseHole(GuestRange ram, List<IovaRange> ranges, IovaRange hole) {
    throw new IllegalArgumentException(
        "guest RAM %s reaches outside the IOVA ranges %s, into %s; place RAM elsewhere"
            .formatted(ram, ranges, hole));
  }

  private static void refuseSeam(GuestRange ram, long seam) {
    if (seam != 0) {
      throw new IllegalArgumentException(
          "guest RAM %s lies over IOVA ranges that touch at 0x%x, and no mapping can; make two regions"
                  .formatted(ram, seam)
              + " of it that touch there");
    }
  }

  private static long count(GuestMemory memory, long granule) {
    long count = 0;
    for (MemoryRegion region : memory.regions()) {
      count += (region.range().end() - 1) / granule - region.range().start() / granule + 1;
    }
    return count;
  }
}
