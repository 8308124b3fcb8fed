package dev.aerostat.vfio.user;

import dev.aerostat.memory.linux.socket.Framing;
import java.io.IOException;
import java.nio.ByteBuffer;

/** How a client's messages follow each other. Immutable. */
record VfioUserFraming() implements Framing<MessageHeader> {
  static final String PEER = "the VMM";

  /** What one access of a region may have: QEMU reads a config space at once, and that is it. */
  static final int MOST_TRANSFER_BYTES = 4096;

  /** QEMU takes no more for its own ({@code VFIO_USER_MAX_MAX_FDS}). */
  static final int MOST_DESCRIPTORS = 16;

  @Override
  public int headerBytes() {
    return MessageHeader.BYTES;
  }

  @Override
  public int mostPayloadBytes() {
    return RegionAccess.BYTES + MOST_TRANSFER_BYTES;
  }

  @Override
  public int mostDescriptors() {
    return MOST_DESCRIPTORS;
  }

  @Override
  public String peer() {
    return PEER;
  }

  @Override
  public MessageHeader header(ByteBuffer bytes) throws IOException {
    MessageHeader head = MessageHeader.read(bytes);
    int most = MessageHeader.BYTES + mostPayloadBytes();
    if (!head.isCommand() || head.size() < MessageHeader.BYTES || head.size() > most) {
      throw new IOException(
          "the VMM sent %s: expected a command of %d to %d bytes"
              .formatted(head, MessageHeader.BYTES, most));
    }
    return head;
  }

  @Override
  public int payloadBytes(MessageHeader header) {
    return header.size() - MessageHeader.BYTES;
  }
}
