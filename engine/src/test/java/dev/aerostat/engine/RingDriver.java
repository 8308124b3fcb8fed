package dev.aerostat.engine;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.virtio.DeviceStatus;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.VirtioDevice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A driver that inflates and deflates a page a message, and sends statistics; its rings lie in the
 * first 64 KiB. It frees nothing: what was sent and not returned stays sent.
 */
final class RingDriver {
  static final int INFLATE = 0;
  static final int DEFLATE = 1;
  static final int STATISTICS = 2;

  private static final ValueLayout.OfShort LE16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt LE32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LE64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long FEATURES = 1 | 1 << 1 | 1L << 32;
  private static final int SIZE = 8;
  private static final long QUEUE_BYTES = 0x4000;
  private static final long AVAILABLE = 0x1000;
  private static final long USED = 0x2000;
  private static final long BUFFER = 0x3000;

  private final MemorySegment bytes;
  private final VirtioDevice device;
  private final int[] sent = new int[3];

  RingDriver(GuestMemory memory, VirtioDevice device) {
    this.bytes = memory.region(0).segment();
    this.device = device;
  }

  /** Sets the device up anew, which must have been reset. */
  void load() {
    device.writeStatus(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER);
    device.writeDriverFeatures(FEATURES);
    device.writeStatus(DeviceStatus.FEATURES_OK);
    for (int queue = 0; queue < sent.length; queue++) {
      long start = queue * QUEUE_BYTES;
      bytes.asSlice(start, QUEUE_BYTES).fill((byte) 0);
      sent[queue] = 0;
      var _ =
          device.configureQueue(
              queue, new QueueLayout(SIZE, start, start + AVAILABLE, start + USED));
      var _ = device.enableQueue(queue);
    }
    device.writeStatus(DeviceStatus.DRIVER_OK);
  }

  /** Sends a page, and rings. */
  void send(int queue, int pfn) {
    bytes.set(LE32, queue * QUEUE_BYTES + BUFFER + 16L * slot(queue), pfn);
    offer(queue, Integer.BYTES);
  }

  /** Sends that 4 KiB are free (VIRTIO_BALLOON_S_MEMFREE), and rings. */
  void sendStatistics() {
    long buffer = STATISTICS * QUEUE_BYTES + BUFFER + 16L * slot(STATISTICS);
    bytes.set(LE16, buffer, (short) 4);
    bytes.set(LE64, buffer + 2, 4096);
    offer(STATISTICS, 10);
  }

  private int slot(int queue) {
    return sent[queue] % SIZE;
  }

  private void offer(int queue, int length) {
    long start = queue * QUEUE_BYTES;
    int slot = slot(queue);
    bytes.set(LE64, start + 16L * slot, start + BUFFER + 16L * slot);
    bytes.set(LE32, start + 16L * slot + 8, length);
    bytes.set(LE16, start + AVAILABLE + 4 + 2L * slot, (short) slot);
    VarHandle.releaseFence();
    sent[queue]++;
    bytes.set(LE16, start + AVAILABLE + 2, (short) sent[queue]);
    VarHandle.fullFence();
    device.notifyQueue(queue);
  }

  /** Returns whether the device has given back all that was sent. */
  boolean isReturned(int queue) {
    VarHandle.fullFence();
    return bytes.get(LE16, queue * QUEUE_BYTES + USED + 2) == (short) sent[queue];
  }
}
