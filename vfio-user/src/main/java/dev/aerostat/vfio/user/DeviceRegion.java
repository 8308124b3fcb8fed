package dev.aerostat.vfio.user;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A region of a device, as {@code VFIO_DEVICE_GET_REGION_INFO} of linux/vfio.h describes one.
 * Immutable.
 *
 * @param index 0 to 8
 * @param flags {@link #READ} and such
 * @param bytes its size, 0 or more; 0 of one that the device lacks
 * @param fileOffset where it is in the file that it is mapped from
 * @param capabilities what follows the structure, as the kernel has it: each points to the next by
 *     an offset from the structure's start
 */
@SuppressWarnings("ArrayRecordComponent") // Copied in and out.
public record DeviceRegion(int index, int flags, long bytes, long fileOffset, byte[] capabilities) {
  /** The region can be read. */
  public static final int READ = 1;

  /** The region can be written. */
  public static final int WRITE = 2;

  /** The region can be mapped, from a file. */
  public static final int MMAP = 4;

  /** All that says how it can be used. */
  static final int ACCESS = READ | WRITE | MMAP;

  /** There are capabilities. */
  static final int CAPABILITIES = 8;

  /** The structure's size, without capabilities. */
  static final int INFO_BYTES = 32;

  /** Copies the capabilities. */
  public DeviceRegion {
    capabilities = capabilities.clone();
  }

  /**
   * Returns a region without capabilities.
   *
   * @param index 0 to 8
   * @param flags {@link #READ} and such
   * @param bytes its size, 0 or more
   * @return a region that starts at offset 0 of a file
   */
  public static DeviceRegion of(int index, int flags, long bytes) {
    return new DeviceRegion(index, flags, bytes, 0, new byte[0]);
  }

  /**
   * Returns the capabilities.
   *
   * @return a copy
   */
  @Override
  public byte[] capabilities() {
    return capabilities.clone();
  }

  /** Returns whether an access is a read of what can be read. */
  boolean mayRead(long offset, int count) {
    return (flags & READ) != 0 && holds(offset, count);
  }

  /** Returns whether an access is a write of what can be written. */
  boolean mayWrite(long offset, int count) {
    return (flags & WRITE) != 0 && holds(offset, count);
  }

  private boolean holds(long offset, int count) {
    return offset >= 0 && offset <= bytes - count;
  }

  boolean isMappable() {
    return bytes > 0 && (flags & MMAP) != 0;
  }

  /**
   * Returns the answer to a client with so much room for it. Without room for the capabilities it
   * has their place all the same, as QEMU insists.
   */
  ByteBuffer answer(long room) {
    int all = INFO_BYTES + capabilities.length;
    int flagsNow = capabilities.length > 0 ? flags | CAPABILITIES : flags & ~CAPABILITIES;
    ByteBuffer answer = ByteBuffer.allocate(all).order(ByteOrder.nativeOrder());
    answer.putInt(all).putInt(flagsNow).putInt(index);
    answer.putInt(capabilities.length > 0 ? INFO_BYTES : 0).putLong(bytes).putLong(fileOffset);
    if (room >= all) {
      answer.put(capabilities);
    }
    return answer.flip();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DeviceRegion(int i, int f, long b, long o, byte[] c)
        && index == i
        && flags == f
        && bytes == b
        && fileOffset == o
        && Arrays.equals(capabilities, c);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(bytes) + 31 * (index + 31 * (flags + 31 * Arrays.hashCode(capabilities)));
  }

  @Override
  public String toString() {
    return "region %d of 0x%x bytes, flags 0x%x".formatted(index, bytes, flags);
  }
}
