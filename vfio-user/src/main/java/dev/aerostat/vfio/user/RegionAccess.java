package dev.aerostat.vfio.user;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A read or write of a region: {@code u64 offset, u32 region, u32 count}, and the bytes.
 *
 * @param offset in the region
 * @param region its index
 * @param count bytes
 */
record RegionAccess(long offset, int region, int count) {
  static final int BYTES = 16;

  /** Reads it; a write's bytes are what is left. */
  static RegionAccess read(ByteBuffer bytes) throws RefusedException {
    var access = new RegionAccess(bytes.getLong(), bytes.getInt(), bytes.getInt());
    int most = VfioUserFraming.MOST_TRANSFER_BYTES;
    if (access.count < 1 || access.count > most || access.offset < 0 || access.region < 0) {
      throw new RefusedException(
          "%s: expected 1 to %d bytes, below offset 2^63".formatted(access, most));
    }
    return access;
  }

  /** Returns what a reply begins with, with room for bytes that were read. */
  ByteBuffer reply(int room) {
    return ByteBuffer.allocate(BYTES + room)
        .order(ByteOrder.nativeOrder())
        .putLong(offset)
        .putInt(region)
        .putInt(count);
  }

  @Override
  public String toString() {
    return "an access of %s bytes at 0x%x of region %s"
        .formatted(Integer.toUnsignedString(count), offset, Integer.toUnsignedString(region));
  }
}
