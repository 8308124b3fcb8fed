package dev.aerostat.memory.linux.socket;

import dev.aerostat.memory.linux.syscall.Descriptor;
import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Unix sockets of servers that have ended without taking them away, as by SIGKILL. Linux. Safe for
 * use by any thread.
 */
public final class AbandonedSocket {
  private static final int ECONNREFUSED = 111;
  private static final int S_IFMT = 0xf000;
  private static final int S_IFSOCK = 0xc000;

  private AbandonedSocket() {}

  /**
   * Removes a socket that no process holds any more. Whatever else is there stays: a socket of a
   * server that lives, a file, a directory, a symbolic link.
   *
   * <p>Of servers that start at once one finds it: meanwhile there is an empty file beside it, with
   * a tilde at the end of its name.
   *
   * @param path of the socket
   * @return whether there was one, which is gone now
   * @throws IOException if there is one and it cannot be removed: the message says why
   * @throws IllegalStateException if native access is not enabled: the message has the flag
   */
  public static boolean remove(Path path) throws IOException {
    if (!isAbandoned(path)) {
      return false;
    }
    Path mark = path.resolveSibling(path.getFileName() + "~");
    try {
      var _ = Files.createFile(mark);
    } catch (FileAlreadyExistsException taken) {
      throw new IOException(
          "%s is left behind by a server that has ended, and another takes it over; if there is none, remove %s"
              .formatted(path, mark),
          taken);
    } catch (IOException refused) {
      throw new IOException(
          "%s is left behind by a server that has ended, and cannot be removed: %s"
              .formatted(path, refused),
          refused);
    }
    try {
      // Whoever held the mark before may have taken the socket over.
      return isAbandoned(path) && Files.deleteIfExists(path);
    } finally {
      Files.delete(mark);
    }
  }

  private static boolean isAbandoned(Path path) throws IOException {
    try {
      int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      return (mode & S_IFMT) == S_IFSOCK && nobodyHolds(path);
    } catch (NoSuchFileException nothing) {
      return false;
    }
  }

  /**
   * A socket of another kind cannot disturb who listens there: it is only told that it is wrong,
   * and also by a server that has its name already and does not listen yet.
   */
  private static boolean nobodyHolds(Path path) throws IOException {
    int number = CallResult.require("make a socket", SocketCalls.libc().unixDatagramSocket());
    try (Arena arena = Arena.ofConfined();
        var probe = new Descriptor(SystemCalls.libc(), number)) {
      return SocketCalls.libc().connect(probe.number(), UnixAddress.of(arena, path))
          == -ECONNREFUSED;
    }
  }
}
