package dev.aerostat.memory.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What is mounted where, as this process sees it ({@code /proc/self/mountinfo}), and which types of
 * file systems lie on a disk ({@code /proc/filesystems}; both in proc(5)).
 *
 * @param mounts in the kernel's order
 * @param diskTypes types that need a block device
 */
record MountTable(List<Mount> mounts, Set<String> diskTypes) {
  /** A FUSE server on a block device. */
  private static final String SERVED_ON_A_DISK = "fuseblk";

  /** Types that need no block device, and that nobody serves. */
  private static final Set<String> LOCAL_WITHOUT_A_DISK =
      Set.of("tmpfs", "ramfs", "rootfs", "hugetlbfs", "overlay", "zfs", "ubifs");

  private static final int DEVICE = 2;
  private static final int POINT = 4;

  /**
   * One mount.
   *
   * @param id as fdinfo has it
   * @param device {@code major:minor}, which names the file system
   * @param point where it is mounted
   * @param type of the file system
   */
  record Mount(int id, String device, String point, String type) {}

  MountTable {
    mounts = List.copyOf(mounts);
    diskTypes = Set.copyOf(diskTypes);
  }

  static MountTable read() throws IOException {
    return parse(lines("/proc/self/mountinfo"), lines("/proc/filesystems"));
  }

  /** A mount point is bytes, in no encoding. */
  private static List<String> lines(String path) throws IOException {
    return Files.readAllLines(Path.of(path), StandardCharsets.ISO_8859_1);
  }

  /** Reads a line such as {@code 36 35 98:0 /root /point rw master:1 - ext3 /dev/x rw}. */
  static MountTable parse(List<String> mountinfo, List<String> filesystems) {
    var mounts = new ArrayList<Mount>();
    for (String line : mountinfo) {
      List<String> fields = List.of(line.split(" "));
      int end = fields.indexOf("-");
      if (end > POINT && end + 1 < fields.size()) {
        mounts.add(
            new Mount(
                Integer.parseInt(fields.getFirst()),
                fields.get(DEVICE),
                fields.get(POINT),
                fields.get(end + 1)));
      }
    }
    List<String> onDisks =
        filesystems.stream()
            .filter(line -> !line.startsWith("nodev"))
            .map(String::strip)
            .filter(Predicate.not(SERVED_ON_A_DISK::equals))
            .toList();
    return new MountTable(mounts, Set.copyOf(onDisks));
  }

  Optional<Mount> withId(int id) {
    return mounts.stream().filter(mount -> mount.id() == id).findFirst();
  }

  /** Finds a mount of a file system that others may have mounted elsewhere too. */
  Optional<Mount> ofFileSystem(String device) {
    return mounts.stream().filter(mount -> mount.device().equals(device)).findFirst();
  }

  boolean isLocal(Mount mount) {
    return diskTypes.contains(mount.type()) || LOCAL_WITHOUT_A_DISK.contains(mount.type());
  }
}
