package dev.aerostat.vmm.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A structure as a test expects it: numbers one after the other, then zeros. */
public final class LittleEndian {
  private final ByteBuffer bytes;

  private LittleEndian(int size) {
    bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Begins a structure.
   *
   * @param size in bytes
   * @return all zeros
   */
  public static LittleEndian bytes(int size) {
    return new LittleEndian(size);
  }

  /**
   * Adds 4 bytes.
   *
   * @param value what they are
   * @return this
   */
  public LittleEndian put(int value) {
    bytes.putInt(value);
    return this;
  }

  /**
   * Adds 8 bytes.
   *
   * @param value what they are
   * @return this
   */
  public LittleEndian put(long value) {
    bytes.putLong(value);
    return this;
  }

  /**
   * Ends the structure.
   *
   * @return all of it
   */
  public byte[] get() {
    return bytes.array();
  }
}
