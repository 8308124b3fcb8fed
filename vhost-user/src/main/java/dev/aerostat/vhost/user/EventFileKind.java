package dev.aerostat.vhost.user;

import dev.aerostat.memory.linux.syscall.Descriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a descriptor is that a front end sends for notifications. Others are refused: a file of a
 * file system of its own could block whoever reads or writes it, and a timer is always ready.
 */
enum EventFileKind {
  EVENTFD("anon_inode:[eventfd]"),
  PIPE("pipe:["),
  SOCKET("socket:[");

  private final String prefix;

  EventFileKind(String prefix) {
    this.prefix = prefix;
  }

  /**
   * Returns what a descriptor is that the front end is told something by. A socket is one that
   * nothing can be put into any more ({@link OutgoingSocket}).
   *
   * @throws RefusedException if it is nothing of this kind
   */
  static EventFileKind ofSignal(Descriptor descriptor) throws RefusedException {
    EventFileKind kind = of(descriptor, "an eventfd, a pipe or a connected Unix stream socket");
    if (kind == SOCKET) {
      OutgoingSocket.require(descriptor);
    }
    return kind;
  }

  /**
   * Checks that a descriptor can be a kick. No front end needs a socket, which could hold the front
   * end's own connection open.
   *
   * @throws RefusedException if it cannot
   */
  static void requireKick(Descriptor descriptor) throws RefusedException {
    String expected = "an eventfd or a pipe";
    if (of(descriptor, expected) == SOCKET) {
      throw new RefusedException("the descriptor is a socket: expected " + expected);
    }
  }

  private static EventFileKind of(Descriptor descriptor, String expected) throws RefusedException {
    try {
      String name = name(descriptor.number());
      return of(name)
          .orElseThrow(
              () ->
                  new RefusedException(
                      "the descriptor is %s: expected %s".formatted(name, expected)));
    } catch (IOException unknown) {
      throw new RefusedException("cannot see what a descriptor is: " + unknown, unknown);
    }
  }

  /** Returns what a descriptor is by the kernel's name for it, which no path begins like. */
  static Optional<EventFileKind> of(String name) {
    return Arrays.stream(values()).filter(kind -> name.startsWith(kind.prefix)).findFirst();
  }

  /** Returns the kernel's name for a descriptor; nobody who serves a file is asked. */
  static String name(int descriptor) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
  }
}
