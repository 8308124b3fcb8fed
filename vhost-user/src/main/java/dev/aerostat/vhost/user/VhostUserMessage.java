package dev.aerostat.vhost.user;

import dev.aerostat.memory.linux.socket.ReceivedMessage;
import dev.aerostat.memory.linux.syscall.Descriptor;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/** One message of the front end; closing it closes the descriptors that nobody took. */
final class VhostUserMessage implements AutoCloseable {
  private final MessageHeader header;
  private final ByteBuffer payload;
  private final Deque<Descriptor> descriptors;

  VhostUserMessage(ReceivedMessage<MessageHeader> received) {
    this.header = received.header();
    this.payload = received.payload();
    this.descriptors = new ArrayDeque<>(received.descriptors());
  }

  MessageHeader header() {
    return header;
  }

  ByteBuffer payload() {
    return payload;
  }

  /** Reads the payload. */
  <T> T read(Payload<T> kind) throws RefusedException {
    try {
      return kind.read(payload);
    } catch (BufferUnderflowException tooShort) {
      throw new RefusedException(
          "request %s has a payload of %d bytes, which is too short for it"
              .formatted(Integer.toUnsignedString(header.request()), header.size()),
          tooShort);
    }
  }

  int descriptorCount() {
    return descriptors.size();
  }

  /** Takes the next descriptor over. */
  Descriptor takeDescriptor() throws RefusedException {
    Descriptor next = descriptors.poll();
    if (next == null) {
      throw new RefusedException(
          "request %s comes without its descriptor"
              .formatted(Integer.toUnsignedString(header.request())));
    }
    return next;
  }

  @Override
  public void close() {
    descriptors.forEach(Descriptor::close);
  }

  /** Reads one kind of payload. */
  interface Payload<T> {
    T read(ByteBuffer bytes) throws RefusedException;
  }
}
