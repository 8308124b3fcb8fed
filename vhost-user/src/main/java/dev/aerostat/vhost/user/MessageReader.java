package dev.aerostat.vhost.user;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Puts messages together from what has arrived at a Unix socket, with the descriptors that come
 * with the first byte of each. Never waits. One thread.
 */
final class MessageReader implements AutoCloseable {
  static final int MOST_PAYLOAD_BYTES = 4096;
  private static final int MOST_DESCRIPTORS = MemoryTable.MOST_REGIONS;
  private static final int CONTROL_BYTES =
      SocketConstants.CMSG_DATA + MOST_DESCRIPTORS * Integer.BYTES;
  private static final int FLAGS = SocketConstants.MSG_CMSG_CLOEXEC | SocketConstants.MSG_DONTWAIT;

  private final SocketCalls sockets = SocketCalls.libc();
  private final LateClosing closing = new LateClosing();
  private final Arena arena = Arena.ofShared();
  private final MemorySegment bytes =
      arena.allocate(MessageHeader.BYTES + MOST_PAYLOAD_BYTES, Long.BYTES);
  private final MemorySegment control = arena.allocate(CONTROL_BYTES, Long.BYTES);
  private final MemorySegment piece = arena.allocate(SocketConstants.IOVEC_BYTES, Long.BYTES);
  private final MemorySegment message = arena.allocate(SocketConstants.MSGHDR_BYTES, Long.BYTES);
  private final int socket;

  private final List<Descriptor> descriptors = new ArrayList<>();
  private int received;
  private Optional<MessageHeader> header = Optional.empty();

  MessageReader(Descriptor socket) {
    this.socket = socket.number();
    message.set(JAVA_LONG, SocketConstants.MSG_IOV, piece.address());
    message.set(JAVA_LONG, SocketConstants.MSG_IOVLEN, 1);
    message.set(JAVA_LONG, SocketConstants.MSG_CONTROL, control.address());
  }

  /** Returns whether the front end owes the rest of a message. */
  boolean isMidway() {
    return received > 0;
  }

  /**
   * Returns the next message, if all of it has arrived.
   *
   * @throws EOFException if the front end is gone
   * @throws IOException if it breaks the protocol
   */
  Optional<VhostUserMessage> poll() throws IOException {
    while (received < wanted()) {
      if (!receiveSome(wanted() - received)) {
        return Optional.empty();
      }
      if (header.isEmpty() && received == MessageHeader.BYTES) {
        header = Optional.of(checkedHeader());
      }
    }
    var whole = new VhostUserMessage(header.orElseThrow(), payload(), List.copyOf(descriptors));
    descriptors.clear();
    header = Optional.empty();
    received = 0;
    return Optional.of(whole);
  }

  private int wanted() {
    return MessageHeader.BYTES + header.map(MessageHeader::size).orElse(0);
  }

  private MessageHeader checkedHeader() throws IOException {
    MessageHeader head = MessageHeader.read(copy(0, MessageHeader.BYTES));
    if (!head.isVersion1() || head.size() < 0 || head.size() > MOST_PAYLOAD_BYTES) {
      throw new IOException(
          "the front end sent %s: expected version 1 and a payload of at most %d bytes"
              .formatted(head, MOST_PAYLOAD_BYTES));
    }
    return head;
  }

  private ByteBuffer payload() {
    return copy(MessageHeader.BYTES, received - MessageHeader.BYTES);
  }

  private ByteBuffer copy(int offset, int count) {
    var copy = ByteBuffer.allocate(count).order(ByteOrder.nativeOrder());
    MemorySegment.copy(bytes, offset, MemorySegment.ofBuffer(copy), 0, count);
    return copy;
  }

  /** Receives what is there; returns false if that is nothing. */
  private boolean receiveSome(int count) throws IOException {
    piece.set(JAVA_LONG, 0, bytes.address() + received);
    piece.set(JAVA_LONG, SocketConstants.IOV_LEN, count);
    message.set(JAVA_LONG, SocketConstants.MSG_CONTROLLEN, CONTROL_BYTES);
    long got = sockets.receive(socket, message, FLAGS);
    if (got == -CallResult.EAGAIN || got == -CallResult.EINTR) {
      return false;
    }
    // A front end that was killed has closed the connection with what it had not read.
    if (got == -CallResult.ECONNRESET
        || CallResult.require("receive from the front end", got) == 0) {
      throw new EOFException("the front end closed the connection");
    }
    takeDescriptors();
    received += (int) got;
    return true;
  }

  private void takeDescriptors() throws IOException {
    boolean any =
        message.get(JAVA_LONG, SocketConstants.MSG_CONTROLLEN) >= SocketConstants.CMSG_DATA
            && control.get(JAVA_INT, SocketConstants.CMSG_LEVEL) == SocketConstants.SOL_SOCKET
            && control.get(JAVA_INT, SocketConstants.CMSG_TYPE) == SocketConstants.SCM_RIGHTS;
    if (any) {
      long end = control.get(JAVA_LONG, 0);
      for (long at = SocketConstants.CMSG_DATA; at < end; at += Integer.BYTES) {
        descriptors.add(closing.received(control.get(JAVA_INT, at)));
      }
    }
    closing.requireFew();
    if (any && received > 0) {
      throw new IOException("the front end sent descriptors in the middle of a message");
    }
    if ((message.get(JAVA_INT, SocketConstants.MSG_FLAGS) & SocketConstants.MSG_CTRUNC) != 0) {
      throw new IOException(
          "the front end sent more than %d descriptors at once".formatted(MOST_DESCRIPTORS));
    }
  }

  /** Closes the descriptors of a message that never came to its end; the socket is the caller's. */
  @Override
  public void close() {
    descriptors.forEach(Descriptor::close);
    descriptors.clear();
    arena.close();
  }
}
