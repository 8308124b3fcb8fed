package dev.aerostat.memory.linux.socket;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.aerostat.api.Errno;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Names of Unix sockets. */
public final class UnixAddress {
  private static final int EADDRINUSE = 98;

  private UnixAddress() {}

  /**
   * Names a socket by a path, which a socket left behind by a server that has ended may have.
   *
   * @param calls to the kernel
   * @param socket a descriptor
   * @param path at most 107 bytes
   * @throws IOException if it cannot have that name: the message has why and what to do
   */
  public static void bind(SocketCalls calls, int socket, Path path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = of(arena, path);
      int answer = calls.bind(socket, address);
      if (answer == -EADDRINUSE && AbandonedSocket.remove(path)) {
        answer = calls.bind(socket, address);
      }
      switch (-answer) {
        case EADDRINUSE ->
            throw new IOException(
                Files.isRegularFile(path) || Files.isDirectory(path)
                    ? "cannot listen on %s: something else is there, name another path"
                        .formatted(path)
                    : "cannot listen on %s: another server does".formatted(path));
        case Errno.ENOENT ->
            throw new IOException(
                Files.isDirectory(directory(path))
                    ? "cannot listen on %s: no socket can be made in %s, name another directory"
                        .formatted(path, directory(path))
                    : "cannot listen on %s: there is no directory %s"
                        .formatted(path, directory(path)));
        case Errno.EACCES ->
            throw new IOException(
                "cannot listen on %s: you may not make files in %s"
                    .formatted(path, directory(path)));
        default -> {
          int _ = CallResult.require("listen on " + path, answer);
        }
      }
    }
  }

  private static Path directory(Path path) {
    return Objects.requireNonNull(path.toAbsolutePath().getParent());
  }

  /**
   * Returns the address of a socket by its path.
   *
   * @param arena for the address
   * @param path at most 107 bytes
   * @return a {@code sockaddr_un}
   * @throws IOException if the path is too long, or empty
   */
  public static MemorySegment of(Arena arena, Path path) throws IOException {
    return of(arena, path.toString());
  }

  /** Returns the address of a socket by its path, or its name in the abstract namespace after @. */
  static MemorySegment ofPathOrAbstract(Arena arena, String name) throws IOException {
    MemorySegment address = of(arena, name);
    if (name.charAt(0) != '@') {
      return address;
    }
    // All that follows the 0 is the name, further 0s included.
    address.set(JAVA_BYTE, SocketConstants.SUN_PATH, (byte) 0);
    return address.asSlice(
        0, SocketConstants.SUN_PATH + name.getBytes(StandardCharsets.UTF_8).length);
  }

  private static MemorySegment of(Arena arena, String path) throws IOException {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    if (name.length == 0) {
      throw new IOException("the socket's path is empty: name a file that is to be made");
    }
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
