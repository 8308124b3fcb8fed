package dev.aerostat.cli.doctor;

import dev.aerostat.mapper.spi.HostTree;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file such as {@code /proc/meminfo} (proc(5)), or that of a NUMA node.
 *
 * @param text its lines
 */
record MemoryInfo(String text) {
  static MemoryInfo of(HostTree host, String path) {
    return new MemoryInfo(host.text(path).orElse(""));
  }

  /** Returns the amount of a key; empty if there is none, or none that can be. */
  OptionalLong bytes(String key) {
    Matcher line =
        Pattern.compile("(?m)^(?:Node [0-9]+ )?%s:\\s*([0-9]{1,15}) kB$".formatted(key))
            .matcher(text);
    return line.find()
        ? OptionalLong.of(Long.parseLong(line.group(1)) << 10)
        : OptionalLong.empty();
  }
}
