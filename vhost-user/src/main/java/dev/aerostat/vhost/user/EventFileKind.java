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

  static EventFileKind of(Descriptor descriptor) throws RefusedException {
    try {
      String name = name(descriptor.number());
      return of(name)
          .orElseThrow(
              () ->
                  new RefusedException(
                      "the descriptor is %s: expected an eventfd, a pipe or a socket"
                          .formatted(name)));
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
