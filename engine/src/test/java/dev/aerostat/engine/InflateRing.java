package dev.aerostat.engine;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.virtio.DeviceStatus;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.VirtioDevice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** A driver with one queue, that inflates one page a message; all of it in the first 16 KiB. */
final class InflateRing {
  private static final ValueLayout.OfShort LE16 =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt LE32 =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LE64 =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int SIZE = 8;
  private static final long AVAILABLE = 0x1000;
  private static final long USED = 0x2000;
  private static final long BUFFER = 0x3000;
  private static final int FIRST_PFN = 16;

  private final MemorySegment bytes;
  private int sent;

  /** Starts the driver: MUST_TELL_HOST and VERSION_1. */
  InflateRing(GuestMemory memory, VirtioDevice device) {
    bytes = memory.region(0).segment();
    device.writeStatus(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER);
    device.writeDriverFeatures(1 | 1L << 32);
    device.writeStatus(DeviceStatus.FEATURES_OK);
    var _ = device.configureQueue(0, new QueueLayout(SIZE, 0, AVAILABLE, USED));
    var _ = device.enableQueue(0);
    device.writeStatus(DeviceStatus.DRIVER_OK);
  }

  /** Makes a message available; the one before must have been returned. */
  void send() {
    int slot = sent % SIZE;
    bytes.set(LE32, BUFFER, FIRST_PFN + sent);
    bytes.set(LE64, 16L * slot, BUFFER);
    bytes.set(LE32, 16L * slot + 8, Integer.BYTES);
    bytes.set(LE16, AVAILABLE + 4 + 2L * slot, (short) slot);
    VarHandle.releaseFence();
    sent++;
    bytes.set(LE16, AVAILABLE + 2, (short) sent);
    VarHandle.fullFence();
  }

  boolean isReturned() {
    VarHandle.fullFence();
    return bytes.get(LE16, USED + 2) == (short) sent;
  }
}
