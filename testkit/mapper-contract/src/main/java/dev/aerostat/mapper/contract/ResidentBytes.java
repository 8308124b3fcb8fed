package dev.aerostat.mapper.contract;

import dev.aerostat.api.HostAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much of a mapping of this process is there, as Linux reports it (proc_pid_smaps(5)). */
final class ResidentBytes {
  private static final Path SMAPS = Path.of("/proc/self/smaps");
  private static final Pattern AREA = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) .*");
  private static final Pattern RESIDENT = Pattern.compile("Rss: +(\\d+) kB");

  private ResidentBytes() {}

  /** Returns the resident bytes of memory areas wholly in a range, or empty elsewhere. */
  static OptionalLong at(HostAddress start, long bytes) {
    long sum = 0;
    boolean inside = false;
    try {
      for (String line : Files.readAllLines(SMAPS)) {
        Matcher area = AREA.matcher(line);
        Matcher resident = RESIDENT.matcher(line);
        if (area.matches()) {
          inside = isInside(area, start.value(), start.value() + bytes);
        } else if (inside && resident.matches()) {
          sum += 1024 * Long.parseLong(resident.group(1));
        }
      }
    } catch (IOException unknown) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(sum);
  }

  private static boolean isInside(Matcher area, long start, long end) {
    return Long.compareUnsigned(Long.parseUnsignedLong(area.group(1), 16), start) >= 0
        && Long.compareUnsigned(Long.parseUnsignedLong(area.group(2), 16), end) <= 0;
  }
}
