package dev.aerostat.vhost.user;

import dev.aerostat.memory.linux.socket.Framing;
import java.io.IOException;
import java.nio.ByteBuffer;

/** How a front end's messages follow each other. Immutable. */
record VhostUserFraming() implements Framing<MessageHeader> {
  static final String PEER = "the front end";

  @Override
  public int headerBytes() {
    return MessageHeader.BYTES;
  }

  @Override
  public int mostPayloadBytes() {
    return MessageHeader.MOST_PAYLOAD_BYTES;
  }

  @Override
  public int mostDescriptors() {
    return MemoryTable.MOST_REGIONS;
  }

  @Override
  public String peer() {
    return PEER;
  }

  @Override
  public MessageHeader header(ByteBuffer bytes) throws IOException {
    MessageHeader head = MessageHeader.read(bytes);
    if (!head.isVersion1() || head.size() < 0 || head.size() > mostPayloadBytes()) {
      throw new IOException(
          "the front end sent %s: expected version 1 and a payload of at most %d bytes"
              .formatted(head, mostPayloadBytes()));
    }
    return head;
  }

  @Override
  public int payloadBytes(MessageHeader header) {
    return header.size();
  }
}
