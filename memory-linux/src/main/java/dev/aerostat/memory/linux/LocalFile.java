package dev.aerostat.memory.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.aerostat.memory.linux.syscall.SocketCalls;
import dev.aerostat.memory.linux.syscall.SocketConstants;
import dev.aerostat.memory.linux.syscall.SystemCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Distinguishes files that this host itself holds, in memory or on a disk, from those that somebody
 * serves: FUSE, where any user may be who serves, and network file systems.
 *
 * <p>Whoever touches a page of a served file, asks how long it is, or closes it, waits for the
 * server, which may never answer, and then cannot even be killed. So nothing here asks the file's
 * own file system: files in memory are known by their seals, others by their mount. An overlay may
 * lie on anything: it passes if this process sees its mount, which is then the doing of somebody
 * who may mount here.
 */
public final class LocalFile {
  private static final String ADVICE =
      "expected a memfd, or a file in /dev/shm, on hugetlbfs or on a disk of this host";

  private LocalFile() {}

  /**
   * Checks that a file is this host's own. Never waits.
   *
   * @param descriptor an open one
   * @throws IOException if it is not, or if that cannot be told: the message says what the file is,
   *     and what to take instead
   * @throws IllegalStateException if native access is not enabled: the message has the flag
   */
  public static void require(int descriptor) throws IOException {
    if (SystemCalls.libc().seals(descriptor) >= 0) {
      return;
    }
    int mountId = mountId(descriptor);
    MountTable mounts = MountTable.read();
    Optional<MountTable.Mount> mount =
        mounts.withId(mountId).or(() -> device(descriptor).flatMap(mounts::ofFileSystem));
    if (mount.isEmpty()) {
      throw new IOException(
          "descriptor %d is a file of a file system that is mounted nowhere in this process's sight: %s"
              .formatted(descriptor, ADVICE));
    }
    if (!mounts.isLocal(mount.get())) {
      throw new IOException(
          "descriptor %d is a file on %s, of type %s, which somebody serves who need not answer: %s"
              .formatted(descriptor, mount.get().point(), mount.get().type(), ADVICE));
    }
  }

  private static int mountId(int descriptor) throws IOException {
    String key = "mnt_id:";
    for (String line : information(descriptor)) {
      if (line.startsWith(key)) {
        return Integer.parseInt(line.substring(key.length()).strip());
      }
    }
    throw new IOException("/proc/self/fdinfo does not tell the mount of descriptor " + descriptor);
  }

  private static List<String> information(int descriptor) throws IOException {
    try {
      return Files.readAllLines(Path.of("/proc/self/fdinfo/" + descriptor));
    } catch (NoSuchFileException absent) {
      throw new IOException("descriptor %d is not open".formatted(descriptor), absent);
    }
  }

  /** Returns {@code major:minor}, as the mount table has it. */
  private static Optional<String> device(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(SocketConstants.STATX_BYTES, Long.BYTES);
      if (SocketCalls.libc().statxNow(descriptor, status) < 0) {
        return Optional.empty();
      }
      int major = status.get(JAVA_INT, SocketConstants.STATX_DEV_MAJOR);
      int minor = status.get(JAVA_INT, SocketConstants.STATX_DEV_MAJOR + Integer.BYTES);
      return Optional.of(major + ":" + minor);
    }
  }
}
