package dev.aerostat.memory.linux.socket;

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
 *
 * @param <H> what a header is
 */
public final class MessageReader<H> implements AutoCloseable {
  private static final int FLAGS = SocketConstants.MSG_CMSG_CLOEXEC | SocketConstants.MSG_DONTWAIT;

  private final SocketCalls sockets = SocketCalls.libc();
  private final LateClosing closing;
  private final Framing<H> framing;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment bytes;
  private final MemorySegment control;
  private final MemorySegment piece = arena.allocate(SocketConstants.IOVEC_BYTES, Long.BYTES);
  private final MemorySegment message = arena.allocate(SocketConstants.MSGHDR_BYTES, Long.BYTES);
  private final int socket;

  private final List<Descriptor> descriptors = new ArrayList<>();
  private int received;
  private Optional<H> header = Optional.empty();

  /**
   * Creates a reader.
   *
   * @param socket a connection, open for as long as this is and the caller's to close
   * @param framing how its messages follow each other
   */
  public MessageReader(Descriptor socket, Framing<H> framing) {
    this.socket = socket.number();
    this.framing = framing;
    this.closing = new LateClosing(framing.peer());
    this.bytes = arena.allocate(framing.headerBytes() + framing.mostPayloadBytes(), Long.BYTES);
    this.control =
        arena.allocate(
            SocketConstants.CMSG_DATA + (long) framing.mostDescriptors() * Integer.BYTES,
            Long.BYTES);
    message.set(JAVA_LONG, SocketConstants.MSG_IOV, piece.address());
    message.set(JAVA_LONG, SocketConstants.MSG_IOVLEN, 1);
    message.set(JAVA_LONG, SocketConstants.MSG_CONTROL, control.address());
  }

  /**
   * Returns whether the rest of a message is due.
   *
   * @return true if a part of it has come
   */
  public boolean isMidway() {
    return received > 0;
  }

  /**
   * Returns the next message, if all of it has arrived.
   *
   * @return a message, whose descriptors are the caller's
   * @throws EOFException if the peer is gone
   * @throws IOException if it breaks the protocol: the message has how
   */
  public Optional<ReceivedMessage<H>> poll() throws IOException {
    while (received < wanted()) {
      if (!receiveSome(wanted() - received)) {
        return Optional.empty();
      }
      if (header.isEmpty() && received == framing.headerBytes()) {
        header = Optional.of(framing.header(copy(0, received)));
      }
    }
    var whole = new ReceivedMessage<H>(header.orElseThrow(), payload(), descriptors);
    descriptors.clear();
    header = Optional.empty();
    received = 0;
    return Optional.of(whole);
  }

  private int wanted() {
    return framing.headerBytes() + header.map(framing::payloadBytes).orElse(0);
  }

  private ByteBuffer payload() {
    return copy(framing.headerBytes(), received - framing.headerBytes());
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
    message.set(JAVA_LONG, SocketConstants.MSG_CONTROLLEN, control.byteSize());
    long got = sockets.receive(socket, message, FLAGS);
    if (got == -CallResult.EAGAIN || got == -CallResult.EINTR) {
      return false;
    }
    // A peer that was killed has closed the connection with what it had not read.
    if (got == -CallResult.ECONNRESET
        || CallResult.require("receive from " + framing.peer(), got) == 0) {
      throw new EOFException(framing.peer() + " closed the connection");
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
      throw new IOException(framing.peer() + " sent descriptors in the middle of a message");
    }
    if ((message.get(JAVA_INT, SocketConstants.MSG_FLAGS) & SocketConstants.MSG_CTRUNC) != 0) {
      throw new IOException(
          "%s sent more than %d descriptors at once"
              .formatted(framing.peer(), framing.mostDescriptors()));
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
