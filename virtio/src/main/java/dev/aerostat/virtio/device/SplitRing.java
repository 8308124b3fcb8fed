package dev.aerostat.virtio.device;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The three areas of a split virtqueue of N descriptors (virtio 1.2, section 2.7).
 *
 * <pre>
 *   descriptor area, aligned to 16      16 * N bytes
 *     +0  le64 addr   +8 le32 len   +12 le16 flags   +14 le16 next
 *   driver area ("available"), aligned to 2      6 + 2 * N bytes
 *     +0  le16 flags  +2 le16 idx   +4 le16 ring[N]          +4 + 2 * N  le16 used_event
 *   device area ("used"), aligned to 4      6 + 8 * N bytes
 *     +0  le16 flags  +2 le16 idx   +4 {le32 id, le32 len}[N]  +4 + 8 * N  le16 avail_event
 * </pre>
 */
final class SplitRing {
  static final int DESCRIPTOR_BYTES = 16;
  static final int USED_ELEMENT_BYTES = 8;
  static final int FLAGS = 0;
  static final int INDEX = 2;
  static final int ENTRIES = 4;

  /** In the driver area's flags: do not interrupt (section 2.7.6). */
  static final int NO_INTERRUPT = 1;

  /** In the device area's flags: ring forevery chain (section 2.7.10). */
  static final int NOTIFY = 0;

  static final int DESCRIPTOR_ALIGNMENT = 16;
  static final int DRIVER_ALIGNMENT = 2;
  static final int DEVICE_ALIGNMENT = 4;

  private static final ValueLayout.OfShort LE16 =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LE64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHARED_LE16 = LE16.varHandle().withInvokeExactBehavior();

  private SplitRing() {}

  static long descriptorAreaBytes(int size) {
    return (long) DESCRIPTOR_BYTES * size;
  }

  static long driverAreaBytes(int size) {
    return 6 + 2L * size;
  }

  static long deviceAreaBytes(int size) {
    return 6 + (long) USED_ELEMENT_BYTES * size;
  }

  static int read16(MemorySegment area, long offset) {
    return Short.toUnsignedInt(area.get(LE16, offset));
  }

  /** Writes an element of the device area, both fields at once. */
  static void writeUsed(MemorySegment area, long offset, int id, int length) {
    area.set(LE64, offset, (long) length << Integer.SIZE | id);
  }

  /** Reads an index; what the driver wrote before it is visible afterwards. */
  static int acquire16(MemorySegment area, long offset) {
    return Short.toUnsignedInt((short) SHARED_LE16.getAcquire(area, offset));
  }

  /** Writes an index; what was written before is visible to whoever sees it. */
  static void release16(MemorySegment area, long offset, int value) {
    SHARED_LE16.setRelease(area, offset, (short) value);
  }

  /** Returns whether an area of the driver's choice is aligned. */
  static boolean aligned(long address, int alignment) {
    return (address & (alignment - 1)) == 0;
  }
}
