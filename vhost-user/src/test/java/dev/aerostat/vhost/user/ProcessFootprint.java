package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What this process holds of the host for the guests that it served.
 *
 * @param descriptors what is open, but for what the JVM opens of itself
 * @param guestMappings mappings of guests' memory
 * @param threads of engines and workers
 * @param nativeKib memory that Java code holds outside its heap, arenas among it: "Other" in the
 *     JVM's native memory tracking
 */
record ProcessFootprint(
    OpenDescriptors descriptors, List<String> guestMappings, List<String> threads, long nativeKib) {
  private static final Path JCMD = Path.of(System.getProperty("java.home"), "bin", "jcmd");
  private static final Pattern OTHER =
      Pattern.compile("Other \\(reserved=\\d+KB, committed=(\\d+)KB");

  static ProcessFootprint now() throws IOException {
    // First of all: to be asked, a JVM listens on a socket from then on.
    long nativeKib = nativeNow();
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      return new ProcessFootprint(
          OpenDescriptors.now(),
          maps.filter(line -> line.contains("vm_file")).toList(),
          Thread.getAllStackTraces().entrySet().stream()
              .filter(thread -> thread.getKey().getName().startsWith("aerostat-"))
              .map(thread -> thread.getKey() + " at " + Arrays.toString(thread.getValue()))
              .toList(),
          nativeKib);
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
    assertEquals(List.of(), descriptors.moreThan(before.descriptors));
    assertTrue(
        guestMappings.size() <= before.guestMappings.size(),
        () -> "%s grew to %s".formatted(before.guestMappings, guestMappings));
    assertTrue(
        threads.size() <= before.threads.size(),
        () -> "%s grew to %s".formatted(before.threads, threads));
    assertTrue(nativeKib <= before.nativeKib + 64, () -> "%s grew to %s".formatted(before, this));
  }

  @Override
  public String toString() {
    return "%d descriptors, %d mappings of guests, %d threads, %d KiB outside the heap"
        .formatted(
            descriptors.kinds().values().stream().mapToInt(List::size).sum(),
            guestMappings.size(),
            threads.size(),
            nativeKib);
  }
}
