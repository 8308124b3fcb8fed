package dev.aerostat.virtio.transport;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The bytes of a configuration space and which bits of them a driver may write. Accesses may be of
 * any width and alignment: a byte is a byte.
 *
 * <p>Safe for use by any thread.
 */
final class PciConfigSpace {
  /** Without the extended space of PCI Express, which reads as 0: no extended capability. */
  static final int BYTES = 256;

  private final ByteBuffer values = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final ByteBuffer writable = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final byte[] initial = new byte[BYTES];

  /** Sets what a driver finds, while the space is built. */
  PciConfigSpace put(int offset, int width, long value) {
    for (int i = 0; i < width; i++) {
      values.put(offset + i, (byte) (value >>> (Byte.SIZE * i)));
      initial[offset + i] = values.get(offset + i);
    }
    return this;
  }

  /** Lets a driver write bits, while the space is built. */
  PciConfigSpace allow(int offset, int width, long bits) {
    for (int i = 0; i < width; i++) {
      writable.put(offset + i, (byte) (bits >>> (Byte.SIZE * i)));
    }
    return this;
  }

  synchronized void reset() {
    values.put(0, initial);
  }

  /** Whether all of an access lies inside, and is one that PCI has. */
  static boolean allows(int offset, int width) {
    return (width == 1 || width == 2 || width == 4) && offset >= 0 && offset <= BYTES - width;
  }

  /** Reads an access that is {@linkplain #allows allowed}. */
  synchronized long read(int offset, int width) {
    long value = 0;
    for (int i = width - 1; i >= 0; i--) {
      value = (value << Byte.SIZE) | (values.get(offset + i) & 0xff);
    }
    return value;
  }

  /** Writes the writable bits of an access that is {@linkplain #allows allowed}. */
  synchronized void write(int offset, int width, long value) {
    for (int i = 0; i < width; i++) {
      int at = offset + i;
      int bits = writable.get(at);
      int written = (int) (value >>> (Byte.SIZE * i));
      values.put(at, (byte) ((values.get(at) & ~bits) | (written & bits)));
    }
  }

  /** Overwrites 32 bits, whether a driver may write them or not. */
  synchronized void overwrite(int offset, int value) {
    values.putInt(offset, value);
  }

  synchronized int readInt(int offset) {
    return values.getInt(offset);
  }
}
