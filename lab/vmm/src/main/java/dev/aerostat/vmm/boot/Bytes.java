package dev.aerostat.vmm.boot;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Bytes that are put together, little-endian, from first to last. */
final class Bytes {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  Bytes u8(int value) {
    return number(Byte.BYTES, value);
  }

  Bytes u16(int value) {
    return number(Short.BYTES, value);
  }

  Bytes u32(long value) {
    return number(Integer.BYTES, value);
  }

  Bytes u64(long value) {
    return number(Long.BYTES, value);
  }

  private Bytes number(int width, long value) {
    for (int i = 0; i < width; i++) {
      bytes.write((int) (value >>> (Byte.SIZE * i)));
    }
    return this;
  }

  Bytes text(String ascii) {
    return all(ascii.getBytes(StandardCharsets.US_ASCII));
  }

  Bytes all(byte[]... parts) {
    for (byte[] part : parts) {
      bytes.writeBytes(part);
    }
    return this;
  }

  /** Fills up with zeros. */
  Bytes upTo(int size) {
    return all(new byte[size - bytes.size()]);
  }

  byte[] toArray() {
    return bytes.toByteArray();
  }
}
