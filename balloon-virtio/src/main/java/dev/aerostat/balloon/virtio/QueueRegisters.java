package dev.aerostat.balloon.virtio;

import dev.aerostat.api.GuestMemory;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where the driver placed its queues and which it enabled, until the event thread opens them.
 *
 * <p>Safe for use by any thread; a call holds the lock for a few instructions.
 */
final class QueueRegisters {
  private final GuestMemory memory;
  private final int count;
  private final int maxSize;
  private final Map<Integer, QueueLayout> layouts = new HashMap<>();
  private int enabled;

  QueueRegisters(GuestMemory memory, int count, int maxSize) {
    this.memory = memory;
    this.count = count;
    this.maxSize = maxSize;
  }

  int count() {
    return count;
  }

  boolean exists(int index) {
    return index >= 0 && index < count;
  }

  synchronized QueueSetup configure(int index, QueueLayout layout) {
    if (!exists(index)) {
      return QueueSetup.NO_SUCH_QUEUE;
    }
    enabled &= ~(1 << index);
    layouts.remove(index);
    QueueSetup verdict = judge(layout);
    if (verdict == QueueSetup.ACCEPTED) {
      layouts.put(index, layout);
    }
    return verdict;
  }

  synchronized QueueSetup enable(int index) {
    if (!exists(index)) {
      return QueueSetup.NO_SUCH_QUEUE;
    }
    if (!layouts.containsKey(index)) {
      return QueueSetup.NOT_CONFIGURED;
    }
    enabled |= 1 << index;
    return QueueSetup.ACCEPTED;
  }

  /** The bit set of the enabled indexes. */
  synchronized int enabled() {
    return enabled;
  }

  synchronized Optional<QueueLayout> enabledLayout(int index) {
    return ((enabled >>> index) & 1) == 0
        ? Optional.empty()
        : Optional.ofNullable(layouts.get(index));
  }

  synchronized void clear() {
    layouts.clear();
    enabled = 0;
  }

  private QueueSetup judge(QueueLayout layout) {
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
