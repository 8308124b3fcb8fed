package dev.aerostat.bench;

import dev.aerostat.virtio.QueueLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The driver's end of a split ring (virtio 1.2, section 2.7), one descriptor a message. */
final class BenchQueue {
  static final int SIZE = 128;

  private static final ValueLayout.OfShort LE16 =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LE64 =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment ram;
  private final QueueLayout layout;
  private final long descriptors;
  private final long availableIndex;
  private final long usedIndex;
  private int available;

  BenchQueue(MemorySegment ram, long base) {
    this.ram = ram;
    long driver = base + 16L * SIZE;
    long device = driver + 6 + 2L * SIZE + 2;
    layout = new QueueLayout(SIZE, base, driver, device);
    descriptors = base;
    availableIndex = driver + 2;
    usedIndex = device + 2;
    // The entry of each turn round the ring names the same descriptor.
    for (int i = 0; i < SIZE; i++) {
      ram.set(LE16, driver + 4 + 2L * i, (short) i);
    }
  }

  QueueLayout layout() {
    return layout;
  }

  void offer(long address, int bytes) {
    long descriptor = descriptors + 16L * (available & (SIZE - 1));
    ram.set(LE64, descriptor, address);
    // Length, no flags, no next.
    ram.set(LE64, descriptor + 8, Integer.toUnsignedLong(bytes));
    available++;
    ram.set(LE16, availableIndex, (short) available);
  }

  int returned() {
    return Short.toUnsignedInt(ram.get(LE16, usedIndex));
  }
}
