package dev.aerostat.mapper.spi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The files by which a Linux host describes itself: {@code /proc}, {@code /sys} and {@code /dev}.
 *
 * <p>Only looks. It opens no device, and whatever a file turns out to be, no method waits for it or
 * throws because of it: what cannot be read is as good as absent. All paths are those of the host,
 * such as {@code /dev/vfio}, and begin with a slash; methods throw {@link IllegalArgumentException}
 * for others. Immutable.
 *
 * @param root the directory that stands for {@code /}: tests have one of their own
 */
public record HostTree(Path root) {
  private static final HostTree LOCAL = new HostTree(Path.of("/"));

  /** More than any file of the kernel that is read here; the rest of a longer one is ignored. */
  private static final int MOST_BYTES = 256 << 10;

  /**
   * Returns the files of this host.
   *
   * @return those below {@code /}
   */
  public static HostTree local() {
    return LOCAL;
  }

  /**
   * Returns where a file of the host is.
   *
   * @param path as on the host
   * @return the same below the root, whether there is such a file or not
   */
  public Path file(String path) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException(
          "'%s' is no path of a host: expected a slash at its start".formatted(path));
    }
    return root.resolve(path.substring(1));
  }

  /**
   * Returns whether there is a file, of whatever kind.
   *
   * @param path as on the host
   * @return false also if this process cannot see it
   */
  public boolean exists(String path) {
    return find(path).filter(Files::exists).isPresent();
  }

  /**
   * Returns whether this process may read and write a file, such as a device. Does not open it.
   *
   * @param path as on the host
   * @return false also if there is none
   */
  public boolean usable(String path) {
    return find(path).filter(Files::isReadable).filter(Files::isWritable).isPresent();
  }

  /**
   * Reads a file.
   *
   * @param path as on the host
   * @return its text without white space around it, at most 256 KiB of it; empty if there is no
   *     such file, if it is not an ordinary one, or if it cannot be read
   */
  public Optional<String> text(String path) {
    return find(path).filter(Files::isRegularFile).flatMap(HostTree::read);
  }

  private static Optional<String> read(Path file) {
    try (InputStream bytes = Files.newInputStream(file)) {
      return Optional.of(new String(bytes.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).strip());
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }

  /**
   * Reads a file that holds a decimal number and nothing else.
   *
   * @param path as on the host
   * @return the number; empty if there is none that fits a long, or as for {@link #text}
   */
  public OptionalLong number(String path) {
    try {
      return OptionalLong.of(Long.parseLong(text(path).orElse("")));
    } catch (NumberFormatException none) {
      return OptionalLong.empty();
    }
  }

  /**
   * Lists a directory.
   *
   * @param path as on the host
   * @return the names in it, sorted; none if it is not a directory or cannot be read
   */
  public List<String> names(String path) {
    return find(path).filter(Files::isDirectory).map(HostTree::list).orElse(List.of());
  }

  private static List<String> list(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> String.valueOf(entry.getFileName())).sorted().toList();
    } catch (IOException | UncheckedIOException unreadable) {
      return List.of();
    }
  }

  /**
   * Follows a link.
   *
   * @param path as on the host
   * @return the last name of what it leads to; empty if it leads nowhere
   */
  public Optional<String> target(String path) {
    return find(path).flatMap(HostTree::follow);
  }

  private static Optional<String> follow(Path link) {
    try {
      return Optional.ofNullable(link.toRealPath().getFileName()).map(Path::toString);
    } catch (IOException nowhere) {
      return Optional.empty();
    }
  }

  /** A name that this host's file system cannot have is that of no file. */
  private Optional<Path> find(String path) {
    try {
      return Optional.of(file(path));
    } catch (InvalidPathException impossible) {
      return Optional.empty();
    }
  }
}
