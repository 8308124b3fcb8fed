package dev.aerostat.cli.report;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Where a page goes: a file that is there whole or not at all, whoever looks, and whatever ends the
 * process meanwhile. Immutable.
 *
 * @param path as the user named it
 */
record ReportFile(Path path) {
  /**
   * Checks that the file can be written, before a run that may be long: makes an empty file beside
   * it, and removes that.
   *
   * @throws IOException if it cannot: the message names the file and the reason
   */
  void check() throws IOException {
    try {
      Path probe = besides(target());
      Files.deleteIfExists(probe);
      Files.createFile(probe);
      Files.delete(probe);
    } catch (IOException failure) {
      throw notWritten(failure);
    }
  }

  /**
   * Writes the file, in place of one that may be there.
   *
   * @throws IOException if it cannot be written: the message names the file and the reason
   */
  void write(String html) throws IOException {
    try {
      Path target = target();
      Path unfinished = besides(target);
      Files.deleteIfExists(unfinished);
      try {
        Files.writeString(unfinished, html, StandardOpenOption.CREATE_NEW);
        if (Files.exists(target)) {
          var _ = Files.setPosixFilePermissions(unfinished, Files.getPosixFilePermissions(target));
        }
        Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(unfinished);
      }
    } catch (IOException failure) {
      throw notWritten(failure);
    }
  }

  /** Follows symbolic links, so that they stay; a device or a directory must not be replaced. */
  private Path target() throws IOException {
    Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
    if (Files.isSymbolicLink(target)) {
      throw new FileSystemException(path.toString(), null, "it is a link that leads nowhere");
    }
    if (Files.isDirectory(target)) {
      throw new FileSystemException(path.toString(), null, "it is a directory");
    }
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      throw new FileSystemException(path.toString(), null, "it is no regular file");
    }
    return target;
  }

  private static Path besides(Path target) {
    return target.resolveSibling(
        ".%s.%d.unfinished".formatted(target.getFileName(), ProcessHandle.current().pid()));
  }

  private IOException notWritten(IOException failure) {
    return new IOException(
        "the report '%s' cannot be written: %s; choose another file"
            .formatted(path, reason(failure)),
        failure);
  }

  private String reason(IOException failure) {
    return switch (failure) {
      case NoSuchFileException _ ->
          "there is no directory '%s'".formatted(path.toAbsolutePath().getParent());
      case AccessDeniedException _ -> "permission denied";
      case FileSystemException refused when refused.getReason() != null -> refused.getReason();
      default -> String.valueOf(failure.getMessage());
    };
  }
}
