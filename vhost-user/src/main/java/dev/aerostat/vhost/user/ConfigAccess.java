package dev.aerostat.vhost.user;

import dev.aerostat.virtio.VirtioDevice;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Access to a part of the config space: {@code u32 offset, u32 size, u32 flags}, then the bytes.
 * The flags tell a driver's write from a migration's; only the driver's own fields are written
 * either way.
 *
 * @param offset where the part starts, in bytes
 * @param size of the part in bytes, greater than 0
 * @param flags as the front end sent them
 * @param bytes those to write; those of a read mean nothing
 */
record ConfigAccess(int offset, int size, int flags, ByteBuffer bytes) {
  static final int HEADER_BYTES = 12;

  /** Of the config space of any device, VHOST_USER_MAX_CONFIG_SIZE in QEMU and rust-vmm. */
  private static final int MOST_BYTES = 256;

  static ConfigAccess read(ByteBuffer payload) throws RefusedException {
    int offset = payload.getInt();
    int size = payload.getInt();
    int flags = payload.getInt();
    if (offset < 0 || size <= 0 || offset > MOST_BYTES || size > MOST_BYTES - offset) {
      throw new RefusedException(
          "a config access of %s bytes at %s: expected 1 or more of the first %d"
              .formatted(
                  Integer.toUnsignedString(size), Integer.toUnsignedString(offset), MOST_BYTES));
    }
    if (payload.remaining() != size) {
      throw new RefusedException(
          "a config access of %d bytes that has %d".formatted(size, payload.remaining()));
    }
    return new ConfigAccess(offset, size, flags, payload.slice());
  }

  /** Answers a read: all is 0 beyond the config space, and before there is a device. */
  RequestAnswer answer(Optional<VirtioDevice> device) {
    var reply = ByteBuffer.allocate(HEADER_BYTES + size).order(ByteOrder.nativeOrder());
    reply.putInt(offset).putInt(size).putInt(flags);
    device.ifPresent(read -> ConfigBytes.read(read, offset, size, reply));
    return new RequestAnswer.Payload(reply.position(HEADER_BYTES + size));
  }

  void write(VirtioDevice device) {
    ConfigBytes.write(device, offset, size, bytes);
  }
}
