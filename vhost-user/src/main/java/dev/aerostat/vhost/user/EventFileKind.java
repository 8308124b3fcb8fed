package dev.aerostat.vhost.user;

import dev.aerostat.memory.linux.syscall.Descriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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
    String name = name(descriptor);
    for (EventFileKind kind : values()) {
      if (name.startsWith(kind.prefix)) {
        return kind;
      }
    }
    throw new RefusedException(
        "the descriptor is %s: expected an eventfd, a pipe or a socket".formatted(name));
  }

  private static String name(Descriptor descriptor) throws RefusedException {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor.number())).toString();
    } catch (IOException unknown) {
      throw new RefusedException("cannot see what a descriptor is: " + unknown, unknown);
    }
  }
}
