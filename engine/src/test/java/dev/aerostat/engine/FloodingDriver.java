package dev.aerostat.engine;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.balloon.virtio.BalloonFeature;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.virtio.DeviceStatus;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.VirtioDevice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.SplittableRandom;

/**
 * A driver that sends the same buffers over and over, as fast as the device returns them. Its five
 * rings lie at the bottom of memory, 4 MiB each, and every buffer names 256 pages at random, each
 * in a granule of its own, as good as surely.
 */
final class FloodingDriver {
  static final int INFLATE = 0;
  static final int DEFLATE = 1;
  static final int STATISTICS = 2;
  static final int HINTS = 3;
  static final int REPORTS = 4;

  private static final ValueLayout.OfShort LE16 =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt LE32 =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LE64 =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int QUEUES = 5;
  private static final int SIZE = 128;
  private static final int PFNS = 256;
  private static final long QUEUE_BYTES = 4 << 20;
  private static final long AVAILABLE = 0x2_0000;
  private static final long USED = 0x3_0000;
  private static final long BUFFERS = 0x8_0000;
  private static final short DEVICE_WRITABLE = 2;

  // MUST_TELL_HOST, STATS_VQ, FREE_PAGE_HINT, PAGE_REPORTING (virtio 1.2, 5.5.3); VERSION_1.
  private static final long FEATURES = 1 | 1 << 1 | 1 << 3 | 1 << 5 | 1L << 32;

  private final MemorySegment bytes;
  private final VirtioDevice device;
  private final int[] available = new int[QUEUES];
  private final int[] used = new int[QUEUES];

  FloodingDriver(GuestMemory memory, VirtioDevice device) {
    this.bytes = memory.region(0).segment();
    this.device = device;
    var random = new SplittableRandom(7);
    for (int queue = 0; queue < QUEUES; queue++) {
      for (int slot = 0; slot < SIZE; slot++) {
        placeBuffer(queue, slot, memory.region(1).range(), random);
      }
    }
  }

  /** Offers all that this driver takes. */
  static BalloonSettings settings() {
    return BalloonSettings.defaults()
        .withOffered(
            EnumSet.of(
                BalloonFeature.STATISTICS,
                BalloonFeature.FREE_PAGE_HINT,
                BalloonFeature.PAGE_REPORTING));
  }

  private void placeBuffer(int queue, int slot, GuestRange named, SplittableRandom random) {
    long buffer = queue * QUEUE_BYTES + BUFFERS + 4L * PFNS * slot;
    for (int i = 0; i < PFNS; i++) {
      bytes.set(LE32, buffer + 4L * i, (int) random.nextLong(named.firstPage(), named.endPage()));
    }
    long descriptor = queue * QUEUE_BYTES + 16L * slot;
    bytes.set(LE64, descriptor, buffer);
    bytes.set(LE32, descriptor + 8, 4 * PFNS);
    bytes.set(LE16, descriptor + 12, queue >= HINTS ? DEVICE_WRITABLE : 0);
  }

  /** Sets the device up; all rings are empty then. */
  void start() {
    device.writeStatus(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER);
    device.writeDriverFeatures(FEATURES);
    device.writeStatus(DeviceStatus.FEATURES_OK);
    for (int queue = 0; queue < QUEUES; queue++) {
      long base = queue * QUEUE_BYTES;
      bytes.set(LE16, base + AVAILABLE + 2, (short) 0);
      bytes.set(LE16, base + USED + 2, (short) 0);
      available[queue] = 0;
      used[queue] = 0;
      var _ =
          device.configureQueue(queue, new QueueLayout(SIZE, base, base + AVAILABLE, base + USED));
      var _ = device.enableQueue(queue);
    }
    device.writeStatus(DeviceStatus.DRIVER_OK);
  }

  /** Resets the device; returns once that took effect and the device is set up again. */
  void reset() {
    device.writeStatus(0);
    while (device.status() != 0) {
      Thread.onSpinWait();
    }
    start();
  }

  /** Makes all 128 buffers of a queue available, after {@link #start}. */
  void fill(int queue) {
    for (int slot = 0; slot < SIZE; slot++) {
      offer(queue, slot);
    }
    publish(queue);
  }

  /** Makes available again what was returned; returns whether there was anything. */
  boolean refill(int queue) {
    long ring = queue * QUEUE_BYTES + USED;
    int now = Short.toUnsignedInt(bytes.get(LE16, ring + 2));
    VarHandle.acquireFence();
    if (now == used[queue]) {
      return false;
    }
    while (used[queue] != now) {
      offer(queue, bytes.get(LE32, ring + 4 + 8L * (used[queue] & (SIZE - 1))));
      used[queue] = (used[queue] + 1) & 0xffff;
    }
    publish(queue);
    return true;
  }

  private void offer(int queue, int slot) {
    long ring = queue * QUEUE_BYTES + AVAILABLE;
    bytes.set(LE16, ring + 4 + 2L * (available[queue] & (SIZE - 1)), (short) slot);
    available[queue]++;
  }

  private void publish(int queue) {
    VarHandle.releaseFence();
    bytes.set(LE16, queue * QUEUE_BYTES + AVAILABLE + 2, (short) available[queue]);
    VarHandle.fullFence();
    device.notifyQueue(queue);
  }
}
