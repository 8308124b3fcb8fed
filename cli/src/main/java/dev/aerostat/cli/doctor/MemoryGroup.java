package dev.aerostat.cli.doctor;

import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.mapper.spi.HostTree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The control group that limits this process's memory most, its own or one above it.
 *
 * @param file where the limit stands: {@code memory.max} of version 2, or {@code
 *     memory.limit_in_bytes} of version 1 (Documentation/admin-guide/cgroup-v2.rst and
 *     cgroup-v1/memory.rst)
 * @param limitBytes the limit
 */
record MemoryGroup(String file, long limitBytes) {
  private static final String V2_FILE = "memory.max";
  private static final String V1_FILE = "memory.limit_in_bytes";

  /** A line of {@code /proc/self/cgroup}: a number, controllers if it is version 1, the path. */
  private static final Pattern MEMBERSHIP =
      Pattern.compile("(?m)^[0-9]+:(|(?:[^:]*,)?memory(?:,[^:]*)?):(/.*)$");

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:@+-]+");

  private static final int MOST_LEVELS = 64;

  /** Version 1 writes the largest number of pages that there can be. */
  private static final long NO_LIMIT = 1L << 62;

  static Optional<MemoryGroup> of(HostTree host) {
    Matcher membership = MEMBERSHIP.matcher(host.text("/proc/self/cgroup").orElse(""));
    return membership
        .results()
        .flatMap(
            line ->
                line.group(1).isEmpty()
                    ? limits(host, "/sys/fs/cgroup", line.group(2), V2_FILE)
                    : limits(host, "/sys/fs/cgroup/memory", line.group(2), V1_FILE))
        .min(Comparator.comparingLong(MemoryGroup::limitBytes));
  }

  private static Stream<MemoryGroup> limits(HostTree host, String mount, String path, String name) {
    return withAncestors(path).stream()
        .map(group -> mount + group + "/" + name)
        .flatMap(
            file -> {
              OptionalLong limit = host.number(file);
              return limit.isPresent() && limit.getAsLong() >= 0 && limit.getAsLong() < NO_LIMIT
                  ? Stream.of(new MemoryGroup(file, limit.getAsLong()))
                  : Stream.of();
            });
  }

  /** Returns a group and all above it; the root is the empty text. */
  private static List<String> withAncestors(String path) {
    var groups = new ArrayList<String>();
    String group = path.equals("/") ? "" : path;
    while (!group.isEmpty() && groups.size() < MOST_LEVELS) {
      groups.add(group);
      group = group.substring(0, Math.max(0, group.lastIndexOf('/')));
    }
    groups.add("");
    return groups;
  }

  String howToLift() {
    String none = file.endsWith(V2_FILE) ? "max" : "-1";
    return "echo %s | sudo tee %s".formatted(none, quoted(file));
  }

  /** The name of a group may hold what means something to a shell. */
  private static String quoted(String path) {
    return PLAIN.matcher(path).matches() ? path : "'" + path.replace("'", "'\\''") + "'";
  }

  @Override
  public String toString() {
    return "%s in %s".formatted(new ByteSize(limitBytes), file);
  }
}
