package dev.aerostat.mapper.vfio.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Pages that are pinned now, by the whole machine (/proc/vmstat). */
final class PinnedPages {
  private static final Path REFRESH = Path.of("/proc/sys/vm/stat_refresh");

  private PinnedPages() {}

  /** Each CPU counts for itself; reading stat_refresh makes the kernel add them up. */
  static long count() throws IOException {
    String _ = Files.readString(REFRESH);
    return value("nr_foll_pin_acquired ") - value("nr_foll_pin_released ");
  }

  private static long value(String key) throws IOException {
    return Files.readAllLines(Path.of("/proc/vmstat")).stream()
        .filter(line -> line.startsWith(key))
        .mapToLong(line -> Long.parseLong(line.substring(key.length())))
        .findFirst()
        .orElseThrow();
  }
}
