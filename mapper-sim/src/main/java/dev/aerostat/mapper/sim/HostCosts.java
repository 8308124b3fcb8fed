package dev.aerostat.mapper.sim;

/**
 * What a host's work costs: the one place for these constants. Immutable.
 *
 * <p>All results are whole nanoseconds, rounded down, and depend on nothing but the arguments.
 *
 * @param populateNanosPerGib to allocate and zero 1 GiB in 4 KiB pages, one thread alone, 0 or more
 * @param mapNanosPerGib to pin 1 GiB of populated 4 KiB pages and put it into the IOMMU, 0 or more
 * @param mapNanosPerCall what a map call costs besides, 0 or more
 * @param unmapNanosPerGib to take 1 GiB out of the IOMMU and unpin it, 0 or more
 * @param unmapNanosPerMapping what each mapping costs besides, 0 or more
 * @param discardNanosPerGib to free 1 GiB of populated 4 KiB pages, 0 or more
 */
public record HostCosts(
    long populateNanosPerGib,
    long mapNanosPerGib,
    long mapNanosPerCall,
    long unmapNanosPerGib,
    long unmapNanosPerMapping,
    long discardNanosPerGib) {
  /** Threads beyond which populating gets no faster. */
  private static final int SATURATING_THREADS = 8;

  /** How much faster that many threads are than one. */
  private static final int GREATEST_SPEED_UP = 7;

  private static final int GIB_SHIFT = 18;
  private static final long GIB_PAGES = 1L << GIB_SHIFT;

  /**
   * Checks the costs.
   *
   * @throws IllegalArgumentException if one is negative
   */
  public HostCosts {
    requireNotNegative("populateNanosPerGib", populateNanosPerGib);
    requireNotNegative("mapNanosPerGib", mapNanosPerGib);
    requireNotNegative("mapNanosPerCall", mapNanosPerCall);
    requireNotNegative("unmapNanosPerGib", unmapNanosPerGib);
    requireNotNegative("unmapNanosPerMapping", unmapNanosPerMapping);
    requireNotNegative("discardNanosPerGib", discardNanosPerGib);
  }

  private static void requireNotNegative(String name, long nanos) {
    if (nanos < 0) {
      throw new IllegalArgumentException("%s must not be negative: %d".formatted(name, nanos));
    }
  }

  /**
   * Returns the costs of a typical server.
   *
   * <ul>
   *   <li>Populate, 216 ms/GiB: populate and map together run at about 4.25 GiB/s, 235 ms/GiB, a
   *       thread (8 GiB in about 1.9 s, 384 GiB in about 90 s), less the map of the next line.
   *   <li>Map, 18.8 ms/GiB: 57 GB/s for 16 GB of populated 4 KiB pages on Linux 6.16 (the
   *       large-folio batching series for vfio_iommu_type1).
   *   <li>Map, 2 µs a call: <em>assumed</em>. 12.7 µs were seen for one 4 KiB page under software
   *       emulation, an upper bound.
   *   <li>Unmap, 5.3 µs a mapping: seen under software emulation, an upper bound as well.
   *   <li>Unmap, 18.8 ms/GiB: <em>assumed</em> to cost a page what its map does.
   *   <li>Discard, 26.2144 ms/GiB: <em>assumed</em>, 0.1 µs a page.
   * </ul>
   *
   * @return the costs
   */
  public static HostCosts typical() {
    return new HostCosts(216_000_000, 18_800_000, 2_000, 18_800_000, 5_300, 26_214_400);
  }

  /**
   * Returns what a thread spends on populating while others populate too.
   *
   * <p>Threads share the host: {@code n} of them together are 1 + 6/7 (n - 1) times as fast as one,
   * which makes 7 times at 8 (QEMU's preallocation of 256 GiB of huge pages: 131 s with 1 thread,
   * 19 s with 8), and no faster beyond. Each is then slower than it would be alone.
   *
   * @param pages 4 KiB pages that were not populated, 0 or more
   * @param threads that populate at the same time, this one included, 1 or more
   * @return nanoseconds
   */
  public long populate(long pages, int threads) {
    return perGib(pages, slowedBySharing(threads));
  }

  private long slowedBySharing(long threads) {
    if (threads > SATURATING_THREADS) {
      return populateNanosPerGib * threads / GREATEST_SPEED_UP;
    }
    long step = GREATEST_SPEED_UP - 1;
    return populateNanosPerGib
        * GREATEST_SPEED_UP
        * threads
        / (GREATEST_SPEED_UP + step * (threads - 1));
  }

  /**
   * Returns what a map costs. Pages that are not populated are populated by the map itself, one
   * thread alone.
   *
   * @param pages 4 KiB pages mapped, 0 or more
   * @param missing how many of them were not populated
   * @return nanoseconds
   */
  public long map(long pages, long missing) {
    return mapNanosPerCall + perGib(pages, mapNanosPerGib) + populate(missing, 1);
  }

  /**
   * Returns what an unmap costs.
   *
   * @param mappings how many were removed, 0 or more
   * @param pages 4 KiB pages in all of them
   * @return nanoseconds
   */
  public long unmap(long mappings, long pages) {
    return mappings * unmapNanosPerMapping + perGib(pages, unmapNanosPerGib);
  }

  /**
   * Returns what a discard costs.
   *
   * @param pages 4 KiB pages that were populated, 0 or more
   * @return nanoseconds
   */
  public long discard(long pages) {
    return perGib(pages, discardNanosPerGib);
  }

  /** Whole GiB and the rest apart, so that 16 TiB do not overflow. */
  private static long perGib(long pages, long nanosPerGib) {
    return (pages >>> GIB_SHIFT) * nanosPerGib
        + (((pages & (GIB_PAGES - 1)) * nanosPerGib) >>> GIB_SHIFT);
  }
}
