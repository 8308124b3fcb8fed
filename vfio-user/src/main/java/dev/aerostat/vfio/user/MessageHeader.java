package dev.aerostat.vfio.user;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What every message starts with.
 *
 * <pre>
 *    0        2         4        8         12       16
 *    +--------+---------+--------+---------+--------+---------
 *    |   id   | command |  size  |  flags  | errno  | payload
 *    +--------+---------+--------+---------+--------+---------
 *      size: of the whole message
 *      flags: bits 0 to 3 type (0 command, 1 reply)   bit 4 no reply is wanted   bit 5 error
 * </pre>
 *
 * <p>All numbers are in the byte order of the host, which both sides share.
 *
 * @param id of the request, which its reply repeats
 * @param command its number, which its reply repeats
 * @param size of the whole message in bytes
 * @param flags as above
 * @param errno why a request failed; 0 if it did not
 */
record MessageHeader(int id, int command, int size, int flags, int errno) {
  static final int BYTES = 16;
  static final int REPLY = 1;
  static final int NO_REPLY = 1 << 4;
  static final int ERROR = 1 << 5;
  private static final int TYPE = 0xf;

  static MessageHeader read(ByteBuffer bytes) {
    return new MessageHeader(
        Short.toUnsignedInt(bytes.getShort()),
        Short.toUnsignedInt(bytes.getShort()),
        bytes.getInt(),
        bytes.getInt(),
        bytes.getInt());
  }

  /** Returns a reply to this, as it goes over the wire: a payload is its position to its limit. */
  ByteBuffer reply(ByteBuffer payload) {
    return answer(REPLY, 0, payload);
  }

  /** Returns the reply that this failed: a header alone. */
  ByteBuffer error(int reason) {
    return answer(REPLY | ERROR, reason, ByteBuffer.allocate(0));
  }

  private ByteBuffer answer(int type, int reason, ByteBuffer payload) {
    int bytes = BYTES + payload.remaining();
    ByteBuffer whole = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    new MessageHeader(id, command, bytes, type, reason).write(whole);
    return whole.put(payload).flip();
  }

  void write(ByteBuffer bytes) {
    bytes.putShort((short) id).putShort((short) command).putInt(size).putInt(flags).putInt(errno);
  }

  boolean isCommand() {
    return (flags & TYPE) == 0;
  }

  boolean wantsReply() {
    return (flags & NO_REPLY) == 0;
  }

  /** Returns it with numbers as the client means them: none is negative. */
  @Override
  public String toString() {
    return "command %d with flags 0x%x, of %s bytes"
        .formatted(command, flags, Integer.toUnsignedString(size));
  }
}
