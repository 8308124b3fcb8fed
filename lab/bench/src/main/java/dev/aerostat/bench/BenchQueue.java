package dev.aerostat.bench;

import dev.aerostat.balloon.virtio.QueueLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The driver's end of a split ring (virtio 1.2, section 2.7), one descriptor a message. */
final class BenchQueue {
  static final int SIZE = 128;

  private static final ValueLayout.OfShort LE16 =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt LE32 =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LE64 =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment ram;
  private final QueueLayout layout;
  private int available;

  BenchQueue(MemorySegment ram, long base) {
    this.ram = ram;
    long driver = base + 16L * SIZE;
    long device = driver + 6 + 2L * SIZE + 2;
    layout = new QueueLayout(SIZE, base, driver, device);
  }

  QueueLayout layout() {
    return layout;
  }

  void offer(long address, int bytes) {
    int head = available & (SIZE - 1);
    long descriptor = layout.descriptorArea() + 16L * head;
    ram.set(LE64, descriptor, address);
    ram.set(LE32, descriptor + 8, bytes);
    ram.set(LE16, layout.driverArea() + 4 + 2L * head, (short) head);
    available++;
    ram.set(LE16, layout.driverArea() + 2, (short) available);
  }

  int returned() {
    return Short.toUnsignedInt(ram.get(LE16, layout.deviceArea() + 2));
  }
}
