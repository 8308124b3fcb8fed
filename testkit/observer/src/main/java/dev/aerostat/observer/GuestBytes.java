package dev.aerostat.observer;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Reads guest memory, little-endian, wherever the guest points. */
final class GuestBytes {
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Stands for bytes that are not there: nothing can be read from it. */
  static final MemorySegment NOWHERE = MemorySegment.NULL;

  private final GuestMemory memory;

  GuestBytes(GuestMemory memory) {
    this.memory = memory;
  }

  /** Returns the bytes if all of them lie in one region of RAM, else {@link #NOWHERE}. */
  MemorySegment at(long address, long bytes) {
    int region = address < 0 ? -1 : memory.regionOfPage(address >>> 12);
    if (region < 0) {
      return NOWHERE;
    }
    GuestRange range = memory.region(region).range();
    return bytes <= range.end() - address
        ? memory.region(region).segment().asSlice(address - range.start(), bytes)
        : NOWHERE;
  }

  /**
   * Returns bytes that must be there.
   *
   * @throws IllegalArgumentException if they are not in one region of RAM
   */
  MemorySegment require(String what, long address, long bytes) {
    MemorySegment found = at(address, bytes);
    if (found.equals(NOWHERE)) {
      throw new IllegalArgumentException(
          "%s of %d bytes at 0x%x does not lie in %s".formatted(what, bytes, address, memory));
    }
    return found;
  }

  static int u8(MemorySegment segment, long offset) {
    return Byte.toUnsignedInt(segment.get(ValueLayout.JAVA_BYTE, offset));
  }

  static int u16(MemorySegment segment, long offset) {
    return Short.toUnsignedInt(segment.get(U16, offset));
  }

  static long u32(MemorySegment segment, long offset) {
    return Integer.toUnsignedLong(segment.get(U32, offset));
  }

  static void copyU32(MemorySegment segment, long offset, int[] into, int count) {
    MemorySegment.copy(segment, U32, offset, into, 0, count);
  }

  static long u64(MemorySegment segment, long offset) {
    return segment.get(U64, offset);
  }
}
