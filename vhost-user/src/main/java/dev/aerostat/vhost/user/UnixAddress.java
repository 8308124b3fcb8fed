package dev.aerostat.vhost.user;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Names of Unix sockets. */
final class UnixAddress {
  private UnixAddress() {}

  static void bind(SocketCalls calls, int socket, Path path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      int _ = Kernel.check("listen on " + path, calls.bind(socket, of(arena, path)));
    }
  }

  static MemorySegment of(Arena arena, Path path) throws IOException {
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    int room = SocketConstants.SOCKADDR_UN_BYTES - SocketConstants.SUN_PATH - 1;
    if (name.length > room) {
      throw new IOException(
          "the socket's path %s has %d bytes: a Unix socket's has at most %d"
              .formatted(path, name.length, room));
    }
    MemorySegment address = arena.allocate(SocketConstants.SOCKADDR_UN_BYTES, Long.BYTES);
    address.set(JAVA_SHORT, 0, (short) SocketConstants.AF_UNIX);
    MemorySegment.copy(name, 0, address, JAVA_BYTE, SocketConstants.SUN_PATH, name.length);
    return address;
  }
}
