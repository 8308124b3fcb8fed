package dev.aerostat.mapper.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What Linux reports about this process (proc_pid_fd(5), proc_pid_status(5)); nothing elsewhere.
 */
final class ProcessFigures {
  private static final Path PROCESS = Path.of("/proc/self");
  private static final String JAVA = System.getProperty("java.home", "/nowhere");
  private static final Pattern LOCKED = Pattern.compile("Vm(?:Lck|Pin):\\s+(\\d+) kB");
  private static final Pattern NUMBER = Pattern.compile(":\\[\\d+]");

  private ProcessFigures() {}

  /**
   * Returns how many files of each kind are open. What the JVM opens of itself, and whenever it
   * likes (jars, libraries, its own image), is left out.
   */
  static Map<String, Long> openFiles() {
    try (Stream<Path> files = Files.list(PROCESS.resolve("fd"))) {
      return files
          .map(ProcessFigures::target)
          .filter(target -> !isTheJvms(target))
          .collect(
              Collectors.groupingBy(
                  target -> NUMBER.matcher(target).replaceAll(""),
                  TreeMap::new,
                  Collectors.counting()));
    } catch (IOException unknown) {
      return Map.of();
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

  private static boolean isTheJvms(String target) {
    return target.isEmpty()
        || target.startsWith(JAVA)
        || target.startsWith("/proc/")
        || target.startsWith("/sys/")
        || target.endsWith(".jar")
        || target.endsWith(".so");
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
