package dev.aerostat.vhost.user;

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
import java.nio.ByteOrder;

/**
 * Sends replies to a Unix socket. What finds no room is kept until the front end has read the
 * replies before: one reply, as the next request is served after it. Never waits. One thread.
 */
final class MessageWriter implements AutoCloseable {
  private static final int FLAGS = SocketConstants.MSG_NOSIGNAL | SocketConstants.MSG_DONTWAIT;

  private final SocketCalls calls = SocketCalls.libc();
  private final Arena arena = Arena.ofShared();
  private final MemorySegment bytes =
      arena.allocate(MessageHeader.BYTES + MessageReader.MOST_PAYLOAD_BYTES, Long.BYTES);
  private final MemorySegment piece = arena.allocate(SocketConstants.IOVEC_BYTES, Long.BYTES);
  private final MemorySegment message = arena.allocate(SocketConstants.MSGHDR_BYTES, Long.BYTES);
  private final int socket;
  private int sent;
  private int count;

  MessageWriter(Descriptor socket) {
    this.socket = socket.number();
    message.set(JAVA_LONG, SocketConstants.MSG_IOV, piece.address());
    message.set(JAVA_LONG, SocketConstants.MSG_IOVLEN, 1);
  }

  /** Returns whether the front end has not made room for the last reply yet. */
  boolean isPending() {
    return sent < count;
  }

  /**
   * Replies with a payload, from its start to its position.
   *
   * @throws EOFException if the front end is gone
   */
  void reply(MessageHeader request, ByteBuffer payload) throws IOException {
    if (isPending()) {
      throw new IllegalStateException("a reply before the last one was sent");
    }
    payload.flip();
    ByteBuffer buffer = bytes.asByteBuffer().order(ByteOrder.nativeOrder());
    new MessageHeader(
            request.request(), MessageHeader.VERSION | MessageHeader.REPLY, payload.remaining())
        .write(buffer);
    buffer.put(payload);
    sent = 0;
    count = buffer.position();
    flush();
  }

  /**
   * Sends what finds room.
   *
   * @throws EOFException if the front end is gone
   */
  void flush() throws IOException {
    while (isPending()) {
      piece.set(JAVA_LONG, 0, bytes.address() + sent);
      piece.set(JAVA_LONG, SocketConstants.IOV_LEN, count - sent);
      long more = calls.send(socket, message, FLAGS);
      if (more == -CallResult.EAGAIN || more == -CallResult.EINTR) {
        return;
      }
      if (more == -CallResult.EPIPE || more == -CallResult.ECONNRESET) {
        throw new EOFException("the front end vanished");
      }
      sent += (int) CallResult.require("answer the front end", more);
    }
  }

  /**
   * Checks that there is still somebody to read replies. A front end may have given away its own
   * end of the connection, to a session that takes nothing more in by it ({@link OutgoingSocket}).
   *
   * @throws IOException if it has; a front end that is gone is known by what is received
   */
  void requireListener() throws IOException {
    piece.set(JAVA_LONG, SocketConstants.IOV_LEN, 0);
    if (calls.send(socket, message, FLAGS) == -CallResult.EPIPE && !isGone()) {
      throw new IOException(
          "the front end gave its own connection away as a descriptor to be told something by:"
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
    arena.close();
  }
}
