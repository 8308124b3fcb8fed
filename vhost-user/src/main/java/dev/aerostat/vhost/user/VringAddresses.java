package dev.aerostat.vhost.user;

import java.nio.ByteBuffer;

/**
 * Where a queue lies, in addresses of the front end's process: {@code u32 index, u32 flags, u64
 * descriptors, u64 used, u64 available, u64 log}.
 *
 * @param index of the queue
 * @param flags bit 0: the used ring is to be logged
 * @param descriptors address of the descriptor table
 * @param used address of the used ring
 * @param available address of the available ring
 * @param log guest-physical address for the log
 */
record VringAddresses(int index, int flags, long descriptors, long used, long available, long log) {
  static final int BYTES = 40;

  static VringAddresses read(ByteBuffer bytes) {
    return new VringAddresses(
        bytes.getInt(),
        bytes.getInt(),
        bytes.getLong(),
        bytes.getLong(),
        bytes.getLong(),
        bytes.getLong());
  }

  /** Checks that all of it starts in guest memory. */
  void requireInside(MemoryTable table) throws RefusedException {
    long _ = table.guestAddress(descriptors);
    long _ = table.guestAddress(used);
    long _ = table.guestAddress(available);
  }

  void write(ByteBuffer bytes) {
    bytes.putInt(index).putInt(flags);
    bytes.putLong(descriptors).putLong(used).putLong(available).putLong(log);
  }
}
