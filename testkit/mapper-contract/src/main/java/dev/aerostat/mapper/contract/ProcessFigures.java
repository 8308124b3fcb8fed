package dev.aerostat.mapper.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What Linux tells of this process (proc_pid_fd(5), proc_pid_status(5)); 0 on other systems. */
final class ProcessFigures {
  private static final Path PROCESS = Path.of("/proc/self");
  private static final Pattern LOCKED = Pattern.compile("Vm(?:Lck|Pin):\\s+(\\d+) kB");

  private ProcessFigures() {}

  static long openFiles() {
    try (Stream<Path> files = Files.list(PROCESS.resolve("fd"))) {
      return files.count();
    } catch (IOException unknown) {
      return 0;
    }
  }

  /** Returns what is locked or pinned, in bytes. */
  static long lockedBytes() {
    try {
      List<String> lines = Files.readAllLines(PROCESS.resolve("status"));
      return 1024
          * lines.stream()
              .map(LOCKED::matcher)
              .filter(Matcher::matches)
              .mapToLong(line -> Long.parseLong(line.group(1)))
              .sum();
    } catch (IOException unknown) {
      return 0;
    }
  }
}
