package dev.aerostat.memory.linux.socket;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * The socket of a service manager that wants to be told how a server is, such as systemd of a unit
 * with {@code Type=notify}: each state is a datagram (sd_notify(3)). Linux. Immutable, and safe for
 * use by any thread.
 *
 * @param name an absolute path, or {@code @} and a name that is no file (unix(7), abstract
 *     sockets), as in {@code $NOTIFY_SOCKET}
 */
public record NotifySocket(String name) {
  private static final int PATIENCE_MILLIS = 5_000;
  private static final int FLAGS = SocketConstants.MSG_DONTWAIT | SocketConstants.MSG_NOSIGNAL;

  /** The server can be used: it listens. */
  public static final String READY = "READY=1";

  /** The server has begun to end. */
  public static final String STOPPING = "STOPPING=1";

  /**
   * Names the socket.
   *
   * @throws IllegalArgumentException if it is neither an absolute path nor an abstract name, such
   *     as that of a manager outside the virtual machine ({@code vsock:})
   */
  public NotifySocket {
    if (name.length() < 2 || "/@".indexOf(name.charAt(0)) < 0) {
      throw new IllegalArgumentException(
          "the service manager's socket is '%s': expected an absolute path, or @ and a name"
              .formatted(name));
    }
  }

  /**
   * Sends the manager a state.
   *
   * @param state such as {@link #READY}
   * @throws IOException if the manager cannot be reached: the message says why
   * @throws IllegalStateException if native access is not enabled: the message has the flag
   */
  public void tell(String state) throws IOException {
    String doing = "tell the service manager on " + name;
    SocketCalls calls = SocketCalls.libc();
    int number = CallResult.require(doing, calls.unixDatagramSocket());
    try (Arena arena = Arena.ofConfined();
        var sender = new Descriptor(SystemCalls.libc(), number)) {
      int _ =
          CallResult.require(
              doing, calls.connect(sender.number(), UnixAddress.ofPathOrAbstract(arena, name)));
      awaitRoom(calls, sender, arena);
      long _ = CallResult.require(doing, calls.send(sender.number(), message(arena, state), FLAGS));
    }
  }

  /** A manager that has much to read is waited for, one that reads nothing is not. */
  private static void awaitRoom(SocketCalls calls, Descriptor sender, Arena arena) {
    MemorySegment polled = arena.allocate(SocketConstants.POLLFD_BYTES, Long.BYTES);
    polled.set(JAVA_INT, 0, sender.number());
    polled.set(JAVA_SHORT, SocketConstants.POLL_EVENTS, (short) SocketConstants.EPOLLOUT);
    int _ = calls.poll(polled, 1, PATIENCE_MILLIS);
  }

  private static MemorySegment message(Arena arena, String state) {
    byte[] bytes = state.getBytes(StandardCharsets.UTF_8);
    MemorySegment piece = arena.allocate(SocketConstants.IOVEC_BYTES, Long.BYTES);
    piece.set(JAVA_LONG, 0, arena.allocateFrom(JAVA_BYTE, bytes).address());
    piece.set(JAVA_LONG, SocketConstants.IOV_LEN, bytes.length);
    MemorySegment message = arena.allocate(SocketConstants.MSGHDR_BYTES, Long.BYTES);
    message.set(ADDRESS, SocketConstants.MSG_IOV, piece);
    message.set(JAVA_LONG, SocketConstants.MSG_IOVLEN, 1);
    return message;
  }
}
