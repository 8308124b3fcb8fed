package dev.aerostat.balloon.virtio;

import java.util.concurrent.atomic.AtomicIntegerArray;

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
 * <p>Each field is one atomic word, so no read needs a lock and no aligned read is torn.
 */
final class ConfigSpace {
  static final int NUM_PAGES = 0;
  static final int ACTUAL = 4;
  static final int FREE_PAGE_HINT_CMD_ID = 8;
  static final int POISON_VAL = 12;

  private final AtomicIntegerArray words = new AtomicIntegerArray(4);
  private final int size;

  ConfigSpace(long offeredFeatures) {
    if ((offeredFeatures & FeatureBits.PAGE_POISON) != 0) {
      size = POISON_VAL + Integer.BYTES;
    } else if ((offeredFeatures & FeatureBits.FREE_PAGE_HINT) != 0) {
      size = FREE_PAGE_HINT_CMD_ID + Integer.BYTES;
    } else {
      size = ACTUAL + Integer.BYTES;
    }
  }

  int size() {
    return size;
  }

  boolean allows(int offset, int width) {
    boolean knownWidth = width == 1 || width == 2 || width == 4;
    return knownWidth && offset >= 0 && offset <= size - width;
  }

  int field(int offset) {
    return words.get(offset >> 2);
  }

  /** Returns whether that changed it. */
  boolean setField(int offset, int value) {
    return words.getAndSet(offset >> 2, value) != value;
  }

  int read(int offset, int width) {
    if (width == Integer.BYTES && (offset & 3) == 0) {
      return field(offset);
    }
    int value = 0;
    for (int i = width - 1; i >= 0; i--) {
      int at = offset + i;
      value = (value << 8) | ((field(at) >>> shift(at)) & 0xff);
    }
    return value;
  }

  void write(int offset, int width, int value) {
    if (width == Integer.BYTES && (offset & 3) == 0) {
      if (driverOwns(offset)) {
        words.set(offset >> 2, value);
      }
      return;
    }
    for (int i = 0; i < width; i++) {
      if (driverOwns(offset + i)) {
        writeByte(offset + i, value >>> (8 * i) & 0xff);
      }
    }
  }

  private void writeByte(int at, int value) {
    int shift = shift(at);
    words.updateAndGet(at >> 2, word -> (word & ~(0xff << shift)) | (value << shift));
  }

  void resetDriverFields() {
    words.set(ACTUAL >> 2, 0);
    words.set(POISON_VAL >> 2, 0);
    words.set(FREE_PAGE_HINT_CMD_ID >> 2, 0);
  }

  private static boolean driverOwns(int at) {
    int field = at & ~3;
    return field == ACTUAL || field == POISON_VAL;
  }

  private static int shift(int at) {
    return (at & 3) * 8;
  }
}
