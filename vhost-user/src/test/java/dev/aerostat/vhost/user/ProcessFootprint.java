package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What this process holds of the host for the guests that it served.
 *
 * @param descriptors what is open, but for the jars that the JVM opens when it wants a class
 * @param guestMappings mappings of guests' memory
 * @param threads of engines and workers
 * @param nativeKib memory that Java code holds outside its heap, arenas among it: "Other" in the
 *     JVM's native memory tracking
 */
record ProcessFootprint(
    List<String> descriptors, long guestMappings, long threads, long nativeKib) {
  private static final Path JCMD = Path.of(System.getProperty("java.home"), "bin", "jcmd");
  private static final Pattern OTHER =
      Pattern.compile("Other \\(reserved=\\d+KB, committed=(\\d+)KB");

  static ProcessFootprint now() throws IOException {
    // First of all: to be asked, a JVM listens on a socket from then on.
    long nativeKib = nativeNow();
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"));
        Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      return new ProcessFootprint(
          open.flatMap(ProcessFootprint::target)
              .filter(file -> !file.endsWith(".jar"))
              .sorted()
              .toList(),
          maps.filter(line -> line.contains("vm_file")).count(),
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().startsWith("aerostat-"))
              .count(),
          nativeKib);
    }
  }

  private static Stream<String> target(Path descriptor) {
    try {
      return Stream.of(Files.readSymbolicLink(descriptor).toString());
    } catch (IOException closedMeanwhile) {
      return Stream.empty();
    }
  }

  /** Arenas that end with their last use do so when garbage is collected. */
  private static long nativeNow() throws IOException {
    System.gc();
    String pid = Long.toString(ProcessHandle.current().pid());
    String answer = Command.run(JCMD.toString(), pid, "VM.native_memory", "summary").output();
    Matcher other = OTHER.matcher(answer);
    if (!other.find()) {
      throw new IllegalStateException("run with -XX:NativeMemoryTracking=summary; got " + answer);
    }
    return Long.parseLong(other.group(1));
  }

  /** Memory is counted in KiB, of which a few come and go with the JVM's own buffers. */
  void assertNoMoreThan(ProcessFootprint before) {
    assertFalse(
        descriptors.size() > before.descriptors.size()
            || guestMappings > before.guestMappings
            || threads > before.threads
            || nativeKib > before.nativeKib + 64,
        () ->
            "%s grew to %s; open were %s, are %s"
                .formatted(before, this, before.descriptors, descriptors));
  }

  @Override
  public String toString() {
    return "%d descriptors, %d mappings of guests, %d threads, %d KiB outside the heap"
        .formatted(descriptors.size(), guestMappings, threads, nativeKib);
  }
}
