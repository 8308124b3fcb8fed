package dev.aerostat.virtio.device;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.QueueSetup;

/** Judges where a driver wants to place a queue. */
record LayoutCheck(GuestMemory memory, int maxSize) {
  QueueSetup judge(QueueLayout layout) {
    int size = layout.size();
    if (size < 1 || size > maxSize || Integer.bitCount(size) != 1) {
      return QueueSetup.BAD_SIZE;
    }
    if (!aligned(layout)) {
      return QueueSetup.MISALIGNED;
    }
    return inMemory(layout) ? QueueSetup.ACCEPTED : QueueSetup.OUTSIDE_MEMORY;
  }

  private static boolean aligned(QueueLayout layout) {
    return SplitRing.aligned(layout.descriptorArea(), SplitRing.DESCRIPTOR_ALIGNMENT)
        && SplitRing.aligned(layout.driverArea(), SplitRing.DRIVER_ALIGNMENT)
        && SplitRing.aligned(layout.deviceArea(), SplitRing.DEVICE_ALIGNMENT);
  }

  private boolean inMemory(QueueLayout layout) {
    var cursor = new GuestCursor(memory);
    int size = layout.size();
    return cursor.moveTo(layout.descriptorArea(), SplitRing.descriptorAreaBytes(size))
        && cursor.moveTo(layout.driverArea(), SplitRing.driverAreaBytes(size))
        && cursor.moveTo(layout.deviceArea(), SplitRing.deviceAreaBytes(size));
  }
}
