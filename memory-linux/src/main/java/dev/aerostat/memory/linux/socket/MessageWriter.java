package dev.aerostat.memory.linux.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Sends messages to a Unix socket. What finds no room is kept until the peer has read the messages
 * before: one message, as the next request is served after its reply. Never waits. One thread.
 */
public final class MessageWriter implements AutoCloseable {
  private static final int CONTROL_BYTES = SocketConstants.CMSG_DATA + Integer.BYTES;
  private static final int FLAGS = SocketConstants.MSG_NOSIGNAL | SocketConstants.MSG_DONTWAIT;

  private final SocketCalls calls = SocketCalls.libc();
  private final Arena arena = Arena.ofShared();
  private final String peer;
  private final MemorySegment bytes;
  private final MemorySegment control;
  private final MemorySegment piece = arena.allocate(SocketConstants.IOVEC_BYTES, Long.BYTES);
  private final MemorySegment message = arena.allocate(SocketConstants.MSGHDR_BYTES, Long.BYTES);
  private final int socket;
  private int sent;
  private int count;

  /** What goes with the first byte. */
  private Optional<Descriptor> file = Optional.empty();

  /**
   * Creates a writer.
   *
   * @param socket a connection, open for as long as this is and the caller's to close
   * @param framing of the messages that come back, which has the limits of these as well
   */
  public MessageWriter(Descriptor socket, Framing<?> framing) {
    this.socket = socket.number();
    this.peer = framing.peer();
    this.bytes = arena.allocate(framing.headerBytes() + framing.mostPayloadBytes(), Long.BYTES);
    this.control = arena.allocate(CONTROL_BYTES, Long.BYTES);
    message.set(JAVA_LONG, SocketConstants.MSG_IOV, piece.address());
    message.set(JAVA_LONG, SocketConstants.MSG_IOVLEN, 1);
  }

  /**
   * Returns whether the peer has not made room for the last message yet.
   *
   * @return true if a part of it waits
   */
  public boolean isPending() {
    return sent < count;
  }

  /**
   * Sends a message.
   *
   * @param whole header and payload, from its position to its limit
   * @throws EOFException if the peer is gone
   * @throws IOException if it cannot be sent
   * @throws IllegalStateException if the last one still waits
   */
  public void send(ByteBuffer whole) throws IOException {
    start(whole, Optional.empty());
  }

  /**
   * Sends a message and with its first byte a descriptor.
   *
   * @param whole header and payload, from its position to its limit
   * @param file taken over: closed once it is sent, or cannot be
   * @throws EOFException if the peer is gone
   * @throws IOException if it cannot be sent
   * @throws IllegalStateException if the last one still waits
   */
  public void send(ByteBuffer whole, Descriptor file) throws IOException {
    control.set(JAVA_LONG, 0, CONTROL_BYTES);
    control.set(JAVA_INT, SocketConstants.CMSG_LEVEL, SocketConstants.SOL_SOCKET);
    control.set(JAVA_INT, SocketConstants.CMSG_TYPE, SocketConstants.SCM_RIGHTS);
    control.set(JAVA_INT, SocketConstants.CMSG_DATA, file.number());
    start(whole, Optional.of(file));
  }

  private void start(ByteBuffer whole, Optional<Descriptor> with) throws IOException {
    if (isPending()) {
      throw new IllegalStateException("a message before the last one was sent");
    }
    file = with;
    sent = 0;
    count = whole.remaining();
    var _ = bytes.asByteBuffer().put(whole);
    flush();
  }

  /**
   * Sends what finds room.
   *
   * @throws EOFException if the peer is gone
   * @throws IOException if it cannot be sent
   */
  public void flush() throws IOException {
    while (isPending()) {
      piece.set(JAVA_LONG, 0, bytes.address() + sent);
      piece.set(JAVA_LONG, SocketConstants.IOV_LEN, count - sent);
      describeControl();
      long more = calls.send(socket, message, FLAGS);
      if (more == -CallResult.EAGAIN || more == -CallResult.EINTR) {
        return;
      }
      if (more == -CallResult.EPIPE || more == -CallResult.ECONNRESET) {
        throw new EOFException(peer + " vanished");
      }
      sent += (int) CallResult.require("answer " + peer, more);
      forgetFile();
    }
  }

  private void forgetFile() {
    file.ifPresent(Descriptor::close);
    file = Optional.empty();
  }

  private void describeControl() {
    boolean goesAlong = file.isPresent();
    message.set(JAVA_LONG, SocketConstants.MSG_CONTROL, goesAlong ? control.address() : 0);
    message.set(JAVA_LONG, SocketConstants.MSG_CONTROLLEN, goesAlong ? CONTROL_BYTES : 0);
  }

  /**
   * Checks that there is still somebody to read replies. A peer may have given away its own end of
   * the connection, to a session that takes nothing more in by it.
   *
   * @throws IOException if it has; a peer that is gone is known by what is received
   */
  public void requireListener() throws IOException {
    message.set(JAVA_LONG, SocketConstants.MSG_CONTROL, 0);
    message.set(JAVA_LONG, SocketConstants.MSG_CONTROLLEN, 0);
    piece.set(JAVA_LONG, SocketConstants.IOV_LEN, 0);
    if (calls.send(socket, message, FLAGS) == -CallResult.EPIPE && !isGone()) {
      throw new IOException(
          peer
              + " gave its own connection away as a descriptor to be told something by:"
              + " expected an eventfd, a pipe or a socket of its own");
    }
  }

  private boolean isGone() {
    try (Arena once = Arena.ofConfined()) {
      MemorySegment polled = once.allocate(SocketConstants.POLLFD_BYTES, Long.BYTES);
      polled.set(JAVA_INT, 0, socket);
      polled.set(JAVA_SHORT, SocketConstants.POLL_EVENTS, (short) SocketConstants.EPOLLRDHUP);
      return calls.poll(polled, 1, 0) != 0;
    }
  }

  @Override
  public void close() {
    forgetFile();
    arena.close();
  }
}
