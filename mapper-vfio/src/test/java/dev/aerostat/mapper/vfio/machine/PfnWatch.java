package dev.aerostat.mapper.vfio.machine;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.MemoryRegion;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.function.IntConsumer;

/** Reads what a driver makes available in a split queue, without the device's code. */
final class PfnWatch {
  private static final int DESCRIPTOR_BYTES = 16;

  private final GuestMemory memory;
  private final int size;
  private final long table;
  private final long available;
  private int seen;

  PfnWatch(GuestMemory memory, int size, long table, long available) {
    this.memory = memory;
    this.size = size;
    this.table = table;
    this.available = available;
  }

  void look(IntConsumer pfns, BitSet buffers) {
    int end = unsigned16(available + 2);
    for (; seen != end; seen = (seen + 1) & 0xffff) {
      int head = unsigned16(available + 4 + 2L * (seen % size));
      MemorySegment descriptor = at(table + (long) head * DESCRIPTOR_BYTES, DESCRIPTOR_BYTES);
      long buffer = descriptor.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
      int bytes = descriptor.get(ValueLayout.JAVA_INT_UNALIGNED, Long.BYTES);
      buffers.set((int) (buffer >> 12), (int) ((buffer + bytes) >> 12) + 1);
      MemorySegment numbers = at(buffer, bytes);
      for (long offset = 0; offset < bytes; offset += Integer.BYTES) {
        pfns.accept(numbers.get(ValueLayout.JAVA_INT_UNALIGNED, offset));
      }
    }
  }

  private int unsigned16(long address) {
    return Short.toUnsignedInt(at(address, 2).get(ValueLayout.JAVA_SHORT_UNALIGNED, 0));
  }

  private MemorySegment at(long address, long bytes) {
    MemoryRegion region = memory.regionOf(address).orElseThrow();
    return region.segment().asSlice(address - region.range().start(), bytes);
  }
}
