package dev.aerostat.balloon.virtio;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.MemoryRegion;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Guest RAM for tests: {@code [0, 4 MiB)} and {@code [4 MiB, 8 MiB)}, which touch, a hole, and
 * {@code [16 MiB, 24 MiB)}. Written byte by byte, little-endian, without the code under test.
 */
final class TestMemory {
  static final long MIB = 1L << 20;
  static final long HOLE = 8 * MIB;
  static final List<GuestRange> RANGES =
      List.of(
          new GuestRange(0, 4 * MIB),
          new GuestRange(4 * MIB, 8 * MIB),
          new GuestRange(16 * MIB, 24 * MIB));

  private final GuestMemory memory;

  TestMemory() {
    Arena arena = Arena.ofAuto();
    memory =
        GuestMemory.of(
            RANGES.stream()
                .map(range -> new MemoryRegion(range, arena.allocate(range.length(), 4096)))
                .toList());
  }

  GuestMemory guestMemory() {
    return memory;
  }

  static boolean isPage(long page) {
    return RANGES.stream().anyMatch(range -> range.contains(page << 12));
  }

  void write(long address, long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      MemoryRegion region = memory.regionOf(address + i).orElseThrow();
      region
          .segment()
          .set(
              ValueLayout.JAVA_BYTE,
              address + i - region.range().start(),
              (byte) (value >>> (8 * i)));
    }
  }

  long read(long address, int bytes) {
    long value = 0;
    for (int i = bytes - 1; i >= 0; i--) {
      MemoryRegion region = memory.regionOf(address + i).orElseThrow();
      long offset = address + i - region.range().start();
      value = (value << 8) | (region.segment().get(ValueLayout.JAVA_BYTE, offset) & 0xff);
    }
    return value;
  }

  void writePfns(long address, long... pfns) {
    for (int i = 0; i < pfns.length; i++) {
      write(address + 4L * i, pfns[i], 4);
    }
  }

  MemorySegment segment(int region) {
    return memory.region(region).segment();
  }
}
