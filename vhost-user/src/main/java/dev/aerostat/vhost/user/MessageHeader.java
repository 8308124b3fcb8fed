package dev.aerostat.vhost.user;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What every message starts with.
 *
 * <pre>
 *    0           4           8           12
 *    +-----------+-----------+-----------+---------
 *    |  request  |   flags   |   size    | payload
 *    +-----------+-----------+-----------+---------
 *      flags: bits 0, 1 version (1)   bit 2 reply   bit 3 a reply is wanted
 * </pre>
 *
 * <p>All numbers are in the byte order of the host, which both sides share.
 *
 * @param request its number
 * @param flags as above
 * @param size of the payload in bytes
 */
record MessageHeader(int request, int flags, int size) {
  static final int BYTES = 12;
  static final int MOST_PAYLOAD_BYTES = 4096;
  static final int VERSION = 1;
  static final int REPLY = 1 << 2;
  static final int NEED_REPLY = 1 << 3;
  private static final int VERSION_MASK = 3;

  static MessageHeader read(ByteBuffer bytes) {
    return new MessageHeader(bytes.getInt(), bytes.getInt(), bytes.getInt());
  }

  /** Returns a reply to this, as it goes over the wire: a payload is its start to its position. */
  ByteBuffer reply(ByteBuffer payload) {
    payload.flip();
    var whole = ByteBuffer.allocate(BYTES + payload.remaining()).order(ByteOrder.nativeOrder());
    new MessageHeader(request, VERSION | REPLY, payload.remaining()).write(whole);
    return whole.put(payload).flip();
  }

  void write(ByteBuffer bytes) {
    bytes.putInt(request).putInt(flags).putInt(size);
  }

  /** Returns it with numbers as the front end means them: none is negative. */
  @Override
  public String toString() {
    return "request %s with flags 0x%x and a payload of %s bytes"
        .formatted(Integer.toUnsignedString(request), flags, Integer.toUnsignedString(size));
  }

  boolean isVersion1() {
    return (flags & VERSION_MASK) == VERSION;
  }

  boolean needsReply() {
    return (flags & NEED_REPLY) != 0;
  }
}
