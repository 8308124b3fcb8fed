package dev.aerostat.bench;

import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.MemoryRegion;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Guests that are tracked and never touched. */
final class UntouchedGuests {
  static final long GIB = 1L << 30;
  static final long GRANULE_BYTES = 2L << 20;

  private static final long LOW_END = 2 * GIB;
  private static final long HIGH_START = 4 * GIB;

  private UntouchedGuests() {}

  /** RAM of a q35 machine: below 2 GiB, and the rest from 4 GiB up. */
  static List<GuestRange> q35(long bytes) {
    return bytes <= LOW_END
        ? List.of(new GuestRange(0, bytes))
        : List.of(new GuestRange(0, LOW_END), GuestRange.ofLength(HIGH_START, bytes - LOW_END));
  }

  static long pages(GuestRange range) {
    return range.endPage() - range.firstPage();
  }

  /** The granules of RAM that lies nowhere: to touch it would end the JVM. */
  @SuppressWarnings("restricted")
  static Granules untouched(List<GuestRange> ram) {
    var regions =
        ram.stream()
            .map(range -> new MemoryRegion(range, MemorySegment.NULL.reinterpret(range.length())))
            .toList();
    return Granules.of(GuestMemory.of(regions), GRANULE_BYTES);
  }
}
