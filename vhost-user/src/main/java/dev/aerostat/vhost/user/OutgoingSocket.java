package dev.aerostat.vhost.user;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.aerostat.api.Errno;
import dev.aerostat.memory.linux.socket.MessageWriter;
import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Makes sure that a socket of the front end, which is only written to, keeps nothing of the front
 * end's open. User Mode Linux takes its interrupts from a socket (os_pipe in
 * arch/um/os-Linux/file.c), and a back end's requests go over one.
 *
 * <p>What is sent into a socket stays open for as long as that socket does, the front end's own
 * connection included. So it has to be empty, and nobody can send into it from then on: also not by
 * connecting later, nor by listening (Linux net/unix/af_unix.c: a socket that is shut down for
 * receiving stays so). If it is the front end's end of a connection to a server such as this one,
 * that server can send no more, by which it knows ({@link MessageWriter#requireListener}).
 */
final class OutgoingSocket {
  private static final String EXPECTED =
      "expected an eventfd, a pipe or a connected Unix stream socket";

  private OutgoingSocket() {}

  static void require(Descriptor socket) throws RefusedException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment word = arena.allocate(JAVA_INT);
      MemorySegment bytes = arena.allocate(JAVA_INT);
      boolean unixStream =
          option(socket, SocketConstants.SO_DOMAIN, word, bytes) == SocketConstants.AF_UNIX
              && option(socket, SocketConstants.SO_TYPE, word, bytes) == SocketConstants.SOCK_STREAM
              && option(socket, SocketConstants.SO_ACCEPTCONN, word, bytes) == 0;
      if (!unixStream) {
        throw new RefusedException("the descriptor is a socket of another kind: " + EXPECTED);
      }
      int _ =
          done(SocketCalls.libc().shutdown(socket.number(), SocketConstants.SHUT_RD), "shut down");
      int _ =
          done(
              SystemCalls.libc().ioctl(socket.number(), SocketConstants.FIONREAD, word),
              "looked at");
      int waiting = word.get(JAVA_INT, 0);
      if (waiting != 0) {
        throw new RefusedException(
            "the descriptor is a socket with %d bytes that nobody has read: expected an empty one"
                .formatted(waiting));
      }
    }
  }

  private static int option(Descriptor socket, int option, MemorySegment value, MemorySegment bytes)
      throws RefusedException {
    bytes.set(JAVA_INT, 0, Integer.BYTES);
    int _ =
        done(SocketCalls.libc().socketOption(socket.number(), option, value, bytes), "looked at");
    return value.get(JAVA_INT, 0);
  }

  private static int done(int answer, String what) throws RefusedException {
    if (answer < 0) {
      throw new RefusedException(
          "the socket cannot be %s (%s): %s".formatted(what, Errno.name(-answer), EXPECTED));
    }
    return answer;
  }
}
