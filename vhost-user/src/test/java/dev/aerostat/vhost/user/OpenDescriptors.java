package dev.aerostat.vhost.user;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The descriptors of this process that the subject of a test can hold: sockets, counters, pipes,
 * memory, files that a front end sent. What the JVM opens of itself, and whenever it likes (jars,
 * libraries, its own image, its recordings, randomness, files of the kernel), is left out.
 *
 * @param kinds what is open, without the numbers that tell one of a kind from another, and the
 *     descriptors
 */
record OpenDescriptors(Map<String, List<Integer>> kinds) {
  private static final String JAVA = System.getProperty("java.home", "/nowhere");

  static OpenDescriptors now() {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return new OpenDescriptors(
          open.filter(descriptor -> !isTheJvms(target(descriptor)))
              .collect(
                  Collectors.groupingBy(
                      descriptor -> target(descriptor).replaceAll(":\\[\\d+]", ""),
                      TreeMap::new,
                      Collectors.mapping(OpenDescriptors::number, Collectors.toList()))));
    } catch (IOException unreadable) {
      throw new IllegalStateException(unreadable);
    }
  }

  /** Returns what a descriptor leads to, or nothing if it was closed meanwhile. */
  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }

  private static int number(Path descriptor) {
    return Integer.parseInt(descriptor.getFileName().toString());
  }

  static boolean isTheJvms(String target) {
    return target.isEmpty()
        || target.startsWith(JAVA)
        || target.startsWith("/proc/")
        || target.startsWith("/sys/")
        || target.matches("/dev/u?random|.*\\.(jar|so|jfr|jsa|class|log)( \\(deleted\\))?")
        || target.contains("/hsperfdata_");
  }

  /** Returns the descriptors of kinds whose names begin so. */
  List<Integer> of(String kind) {
    return kinds.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(kind))
        .flatMap(entry -> entry.getValue().stream())
        .toList();
  }

  /** Returns each kind of which there are more than there were, and all of that kind. */
  List<String> moreThan(OpenDescriptors before) {
    return kinds.entrySet().stream()
        .filter(now -> now.getValue().size() > before.of(now.getKey()).size())
        .map(
            now ->
                "%s: descriptors %s, before %s"
                    .formatted(now.getKey(), now.getValue(), before.of(now.getKey())))
        .toList();
  }
}
