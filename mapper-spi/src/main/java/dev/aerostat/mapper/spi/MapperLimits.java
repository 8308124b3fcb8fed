package dev.aerostat.mapper.spi;

import dev.aerostat.api.IovaRange;
import java.util.ArrayList;
import java.util.List;

/**
 * What a host allows a mapper. Immutable.
 *
 * @param pageSizes the IOMMU's page sizes, one bit each: 0x40201000 stands for 4 KiB, 2 MiB and 1
 *     GiB (vfio_iommu_type1_info.iova_pgsizes, linux/vfio.h)
 * @param entriesLeft mappings that can still be made, or {@link #UNLIMITED}
 * @param iovaRanges addresses that can be translated, disjoint and ascending, at least one
 * @param concurrentMaps whether two maps can run side by side: type1 holds one lock a map, iommufd
 *     lets go of it before it pins
 * @param lockableBytes memory that this process can still lock by mapping it (RLIMIT_MEMLOCK), or
 *     {@link #UNLIMITED}, also where the mapper cannot tell
 */
public record MapperLimits(
    long pageSizes,
    long entriesLeft,
    List<IovaRange> iovaRanges,
    boolean concurrentMaps,
    long lockableBytes) {
  /** Stands for no limit on the number of mappings, or on the memory that they lock. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if there is no page size or no IOVA range, a negative number
   *     of entries or of lockable bytes, or ranges that overlap or do not ascend
   */
  public MapperLimits {
    iovaRanges = List.copyOf(iovaRanges);
    if (pageSizes == 0) {
      throw new IllegalArgumentException(
          "a mapper needs at least one page size, but the mask is 0");
    }
    if (entriesLeft < 0) {
      throw new IllegalArgumentException("entries left must not be negative: " + entriesLeft);
    }
    if (lockableBytes < 0) {
      throw new IllegalArgumentException("lockable bytes must not be negative: " + lockableBytes);
    }
    if (iovaRanges.isEmpty()) {
      throw new IllegalArgumentException("a mapper needs at least one IOVA range");
    }
    for (int i = 1; i < iovaRanges.size(); i++) {
      if (iovaRanges.get(i - 1).end() > iovaRanges.get(i).start()) {
        throw new IllegalArgumentException(
            "IOVA ranges must be disjoint and ascending, but %s stands before %s"
                .formatted(iovaRanges.get(i - 1), iovaRanges.get(i)));
      }
    }
  }

  /**
   * Creates limits of a mapper that knows no limit on the memory it locks.
   *
   * @param pageSizes the IOMMU's page sizes, one bit each
   * @param entriesLeft mappings that can still be made, or {@link #UNLIMITED}
   * @param iovaRanges addresses that can be translated, disjoint and ascending, at least one
   * @param concurrentMaps whether two maps can run side by side
   * @throws IllegalArgumentException as the canonical constructor says
   */
  public MapperLimits(
      long pageSizes, long entriesLeft, List<IovaRange> iovaRanges, boolean concurrentMaps) {
    this(pageSizes, entriesLeft, iovaRanges, concurrentMaps, UNLIMITED);
  }

  /**
   * Changes how much memory can still be locked.
   *
   * @param bytes 0 or more, or {@link #UNLIMITED}
   * @return limits like these but for that
   * @throws IllegalArgumentException if {@code bytes} is negative
   */
  public MapperLimits withLockableBytes(long bytes) {
    return new MapperLimits(pageSizes, entriesLeft, iovaRanges, concurrentMaps, bytes);
  }

  /**
   * Returns the smallest page the IOMMU translates.
   *
   * @return bytes; addresses and lengths of mappings are multiples of it
   */
  public long smallestPage() {
    return Long.lowestOneBit(pageSizes);
  }

  /**
   * Returns whether a range lies in one IOVA range.
   *
   * @param iova the range
   * @return true if it can be translated
   */
  public boolean translates(IovaRange iova) {
    return iovaRanges.stream().anyMatch(range -> range.encloses(iova));
  }

  /**
   * Returns what two mappers both allow. Only page sizes that both know count, unless there is
   * none: then the larger of the two smallest.
   *
   * @param other the other's limits
   * @return limits that satisfy both
   * @throws IllegalArgumentException if no address can be translated by both
   */
  public MapperLimits intersect(MapperLimits other) {
    long common = pageSizes & other.pageSizes;
    return new MapperLimits(
        common != 0 ? common : Math.max(smallestPage(), other.smallestPage()),
        Math.min(entriesLeft, other.entriesLeft),
        intersectRanges(iovaRanges, other.iovaRanges),
        concurrentMaps && other.concurrentMaps,
        Math.min(lockableBytes, other.lockableBytes));
  }

  private static List<IovaRange> intersectRanges(List<IovaRange> left, List<IovaRange> right) {
    var both = new ArrayList<IovaRange>();
    for (IovaRange a : left) {
      for (IovaRange b : right) {
        if (a.overlaps(b)) {
          both.add(new IovaRange(Math.max(a.start(), b.start()), Math.min(a.end(), b.end())));
        }
      }
    }
    return both;
  }
}
