package dev.aerostat.balloon.virtio.device;

import dev.aerostat.balloon.virtio.BalloonFeatureBits;
import dev.aerostat.virtio.device.DeviceConfig;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * The device's config space (virtio 1.2, section 5.5.4), always little-endian.
 *
 * <pre>
 *    0               4               8               12              16
 *    +---------------+---------------+---------------+---------------+
 *    |   num_pages   |    actual     | hint_cmd_id   |  poison_val   |
 *    +---------------+---------------+---------------+---------------+
 *      device writes   driver writes   device writes   driver writes
 *      always          always          FREE_PAGE_HINT  PAGE_POISON
 * </pre>
 *
 * <p>All four fields and the generation change together, in one atomic step, so no access needs a
 * lock, none is torn, and two reads of the generation differ if a field that the device writes has
 * changed between them.
 *
 * <p>The generation moves only when such a field changes that was read since it last moved (section
 * 2.5.1). So it cannot move more often than the driver reads, and between the two looks of a driver
 * that reads 16 bytes it never comes back to the same 8 bits, which is all that PCI shows of it.
 */
final class ConfigSpace implements DeviceConfig {
  static final int NUM_PAGES = 0;
  static final int ACTUAL = 4;
  static final int FREE_PAGE_HINT_CMD_ID = 8;
  static final int POISON_VAL = 12;

  /** The bytes as two little-endian words, at one moment. */
  private record Content(long low, long high, int generation, boolean read) {
    static final Content ZERO = new Content(0, 0, 0, false);

    long bits(int offset) {
      int shift = Byte.SIZE * (offset & 7);
      if (offset >= Long.BYTES) {
        return high >>> shift;
      }
      return shift == 0 ? low : (low >>> shift) | (high << (Long.SIZE - shift));
    }

    /** Replaces the bits of a mask in the field that begins at a multiple of 4. */
    Content with(int field, int mask, int value) {
      int shift = Byte.SIZE * (field & 7);
      long cleared = ~(Integer.toUnsignedLong(mask) << shift);
      long set = Integer.toUnsignedLong(value & mask) << shift;
      return field < Long.BYTES
          ? new Content((low & cleared) | set, high, generation, read)
          : new Content(low, (high & cleared) | set, generation, read);
    }

    Content wasRead() {
      return new Content(low, high, generation, true);
    }

    Content moved() {
      return read ? new Content(low, high, generation + 1, false) : this;
    }
  }

  private final AtomicReference<Content> content = new AtomicReference<>(Content.ZERO);
  private final int size;

  ConfigSpace(long offeredFeatures) {
    if ((offeredFeatures & BalloonFeatureBits.PAGE_POISON) != 0) {
      size = POISON_VAL + Integer.BYTES;
    } else if ((offeredFeatures & BalloonFeatureBits.FREE_PAGE_HINT) != 0) {
      size = FREE_PAGE_HINT_CMD_ID + Integer.BYTES;
    } else {
      size = ACTUAL + Integer.BYTES;
    }
  }

  @Override
  public int size() {
    return size;
  }

  /** A look at it counts as a read: the driver is about to read the fields. */
  @Override
  public int generation() {
    return seen().generation();
  }

  /** A field as the device itself asks for it, which is no read by the driver. */
  int field(int offset) {
    return (int) content.get().bits(offset);
  }

  /** Returns whether that changed it. */
  boolean setField(int offset, int value) {
    Content before = content.getAndUpdate(now -> set(now, offset, value));
    return (int) before.bits(offset) != value;
  }

  private static Content set(Content now, int offset, int value) {
    return (int) now.bits(offset) == value ? now : now.with(offset, -1, value).moved();
  }

  @Override
  public long read(int offset, int width) {
    return seen().bits(offset) & mask(width);
  }

  private Content seen() {
    Content now = content.get();
    while (!now.read() && !content.compareAndSet(now, now.wasRead())) {
      now = content.get();
    }
    return now;
  }

  /** Writes what of it is the driver's; the generation stays, since the driver knows. */
  @Override
  public void write(int offset, int width, long value) {
    UnaryOperator<Content> writing =
        now -> {
          Content next = now;
          for (int i = 0; i < width; i++) {
            int at = offset + i;
            int shift = Byte.SIZE * (at & 3);
            if (driverOwns(at)) {
              next = next.with(at & ~3, 0xff << shift, (int) (value >>> (Byte.SIZE * i)) << shift);
            }
          }
          return next;
        };
    content.updateAndGet(writing);
  }

  void resetDriverFields() {
    content.updateAndGet(
        now -> set(now.with(ACTUAL, -1, 0).with(POISON_VAL, -1, 0), FREE_PAGE_HINT_CMD_ID, 0));
  }

  private static long mask(int width) {
    return width == Long.BYTES ? -1 : (1L << (Byte.SIZE * width)) - 1;
  }

  private static boolean driverOwns(int at) {
    int field = at & ~3;
    return field == ACTUAL || field == POISON_VAL;
  }
}
