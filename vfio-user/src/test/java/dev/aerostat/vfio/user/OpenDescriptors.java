package dev.aerostat.vfio.user;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Sockets, counters, shared memory and their mappings that this process has, by their kind. */
record OpenDescriptors(Map<String, Long> kinds) {
  private static final long MILLIS_TO_CLOSE = TimeUnit.SECONDS.toMillis(20);
  private static final String KINDS = "(socket|pipe|anon_inode|/memfd):.*|/dev/(zero|null)";

  static OpenDescriptors now() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"));
        Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      Stream<String> mapped =
          maps.filter(it -> it.contains("/memfd:guest")).map(_ -> "/memfd: mapped");
      return new OpenDescriptors(
          Stream.concat(open.map(OpenDescriptors::target).filter(it -> it.matches(KINDS)), mapped)
              .map(it -> it.replaceAll(":\\[\\d+]", ""))
              .collect(
                  Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting())));
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }

  /** Returns what is more now than it was, and stays so. */
  List<String> grown() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MILLIS_TO_CLOSE);
    while (true) {
      List<String> more =
          now().kinds.entrySet().stream()
              .filter(it -> it.getValue() > kinds.getOrDefault(it.getKey(), 0L))
              .map(it -> it + ", before " + kinds.getOrDefault(it.getKey(), 0L))
              .toList();
      if (more.isEmpty() || System.nanoTime() - end > 0) {
        return more;
      }
      Thread.sleep(10);
    }
  }
}
