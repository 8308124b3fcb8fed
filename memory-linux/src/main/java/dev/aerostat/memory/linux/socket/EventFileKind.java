package dev.aerostat.memory.linux.socket;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Files that notifications go by, among all that a descriptor can be. */
public enum EventFileKind {
  /** A counter (eventfd(2)). */
  EVENTFD("anon_inode:[eventfd]"),

  /** A pipe, either end. */
  PIPE("pipe:["),

  /** A socket of any kind. */
  SOCKET("socket:[");

  private final String prefix;

  EventFileKind(String prefix) {
    this.prefix = prefix;
  }

  /**
   * Returns what a descriptor is by the kernel's name for it, which no path begins like.
   *
   * @param name as from {@link #name}
   * @return nothing if it is none of these
   */
  public static Optional<EventFileKind> of(String name) {
    return Arrays.stream(values()).filter(kind -> name.startsWith(kind.prefix)).findFirst();
  }

  /**
   * Returns the kernel's name for a descriptor; nobody who serves a file is asked.
   *
   * @param descriptor an open one
   * @return a path, or such as {@code socket:[1234]}
   * @throws IOException if it is not open
   */
  public static String name(int descriptor) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
  }
}
