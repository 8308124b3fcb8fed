package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What this process holds of the host.
 *
 * @param descriptors open ones
 * @param guestMappings mappings of guests' memory
 * @param threads of engines
 */
record Footprint(long descriptors, long guestMappings, long threads) {
  static Footprint now() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"));
        Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      return new Footprint(
          open.count(),
          maps.filter(line -> line.contains("vm_file")).count(),
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().startsWith("aerostat-"))
              .count());
    }
  }

  void assertNoMoreThan(Footprint before) {
    assertFalse(
        descriptors > before.descriptors
            || guestMappings > before.guestMappings
            || threads > before.threads,
        () -> "%s grew to %s".formatted(before, this));
  }
}
