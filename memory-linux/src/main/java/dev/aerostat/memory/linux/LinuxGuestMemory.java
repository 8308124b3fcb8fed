package dev.aerostat.memory.linux;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Guest memory that this process has allocated: nothing is populated until it is touched.
 *
 * <p>Each region lies between addresses that no one can access, and congruent to its guest-physical
 * address modulo 2 MiB or the huge page's size, so that huge pages of guest, host and IOMMU
 * coincide.
 *
 * <p>Safe for use by any thread; close it once, after all use of the memory has ended and all
 * mappings of it are gone.
 */
public final class LinuxGuestMemory implements AutoCloseable {
  private final List<MappedRegion> mapped;
  private final GuestMemory guestMemory;

  private LinuxGuestMemory(List<MappedRegion> mapped) {
    this.mapped = List.copyOf(mapped);
    this.guestMemory =
        GuestMemory.of(mapped.stream().map(m -> new MemoryRegion(m.range(), m.segment())).toList());
  }

  /**
   * Allocates memory.
   *
   * @param ranges where the guest sees its RAM: at least one, disjoint
   * @param backing what it is made of
   * @return the memory, zeroed
   * @throws IOException if the host has no such memory: the message says what to do
   * @throws IllegalArgumentException if ranges overlap, there is none, or one is not a multiple of
   *     the huge page
   * @throws IllegalStateException if native access is not enabled: the message has the flag
   */
  public static LinuxGuestMemory allocate(List<GuestRange> ranges, MemoryBacking backing)
      throws IOException {
    SystemCalls calls = SystemCalls.libc();
    var mapped = new ArrayList<MappedRegion>();
    try {
      for (GuestRange range : ranges) {
        mapped.add(MappedRegion.of(calls, range, backing));
      }
      return new LinuxGuestMemory(mapped);
    } catch (IOException | RuntimeException failure) {
      mapped.forEach(MappedRegion::close);
      throw failure;
    }
  }

  /**
   * Returns the memory.
   *
   * @return valid until this is closed
   */
  public GuestMemory guestMemory() {
    return guestMemory;
  }

  /**
   * Returns the file behind a region, which starts at the region's first byte.
   *
   * @param range one of the ranges that were allocated
   * @return a descriptor that stays this object's, open until this is closed, or empty if the
   *     memory cannot be shared
   * @throws IllegalArgumentException if there is no such region
   * @throws IllegalStateException if this is closed
   */
  public OptionalInt descriptor(GuestRange range) {
    return mapped.stream()
        .filter(region -> region.range().equals(range))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(range + " is no region of this memory"))
        .descriptor();
  }

  /** Frees the memory. Any later access to it throws {@link IllegalStateException}. */
  @Override
  public void close() {
    mapped.forEach(MappedRegion::close);
  }
}
