package dev.aerostat.mapper.vfio;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What one device has besides its config space, by the rules of the kernel's vfio_pci_core.c. */
final class FakeRegions {
  static final int INVALID = -22;

  /** Of linux/vfio.h: the structure without capabilities. */
  private static final int INFO_BYTES = 32;

  private static final int CAPS = 8;

  /**
   * A region.
   *
   * @param flags without that of capabilities
   * @param offset in the device's file
   * @param bytes what it holds
   * @param capabilities what follows the structure
   */
  record Region(int flags, long offset, MemorySegment bytes, List<Byte> capabilities) {}

  final Map<Integer, Region> byIndex = new HashMap<>();

  /** Bytes that a read or write leaves out. */
  int missing;

  int deviceFlags = 3;
  int count = 9;
  int interrupts = 5;

  void device(MemorySegment info) {
    info.set(JAVA_INT_UNALIGNED, 4, deviceFlags);
    info.set(JAVA_INT_UNALIGNED, 8, count);
    info.set(JAVA_INT_UNALIGNED, 12, interrupts);
  }

  int describe(MemorySegment info) {
    int index = info.get(JAVA_INT_UNALIGNED, 8);
    Region region = byIndex.get(index);
    if (region == null || info.get(JAVA_INT_UNALIGNED, 0) < INFO_BYTES) {
      return INVALID;
    }
    int needed = INFO_BYTES + region.capabilities.size();
    boolean chained = region.capabilities.size() > 0;
    boolean fits = info.get(JAVA_INT_UNALIGNED, 0) >= needed;
    info.set(JAVA_INT_UNALIGNED, 4, region.flags | (chained ? CAPS : 0));
    info.set(JAVA_INT_UNALIGNED, 12, chained && fits ? INFO_BYTES : 0);
    info.set(JAVA_LONG_UNALIGNED, 16, region.bytes.byteSize());
    info.set(JAVA_LONG_UNALIGNED, 24, region.offset);
    if (!fits) {
      info.set(JAVA_INT_UNALIGNED, 0, needed);
    } else if (chained) {
      for (int i = 0; i < region.capabilities.size(); i++) {
        info.set(JAVA_BYTE, INFO_BYTES + i, region.capabilities.get(i));
      }
    }
    return 0;
  }

  boolean reaches(long offset) {
    return byIndex.values().stream().anyMatch(region -> reaches(region, offset));
  }

  private static boolean reaches(Region region, long offset) {
    return offset >= region.offset && offset < region.offset + region.bytes.byteSize();
  }

  long read(MemorySegment into, long offset) {
    Region region = at(offset);
    long bytes = into.byteSize() - missing;
    MemorySegment.copy(region.bytes, offset - region.offset, into, 0, bytes);
    return bytes;
  }

  long write(MemorySegment from, long offset) {
    Region region = at(offset);
    long bytes = from.byteSize() - missing;
    MemorySegment.copy(from, 0, region.bytes, offset - region.offset, bytes);
    return bytes;
  }

  private Region at(long offset) {
    return byIndex.values().stream()
        .filter(region -> reaches(region, offset))
        .findFirst()
        .orElseThrow();
  }
}
