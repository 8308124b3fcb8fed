package dev.aerostat.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much memory a host can give.
 *
 * @param availableBytes {@code MemAvailable} (proc(5))
 */
record HostRoom(long availableBytes) {
  private static final Path MEMINFO = Path.of("/proc/meminfo");
  private static final Pattern AVAILABLE = Pattern.compile("MemAvailable:\\s*([0-9]+) kB");

  /** Asks the kernel; one that does not say has room foreverything. */
  static HostRoom ofThisHost() throws IOException {
    Matcher available = AVAILABLE.matcher(Files.readString(MEMINFO));
    return new HostRoom(
        available.find() ? Long.parseLong(available.group(1)) << 10 : Long.MAX_VALUE);
  }

  /** Refuses a guest that would be larger than that: all of its memory is populated and pinned. */
  void require(RecordedTraffic recording) throws IOException {
    if (recording.memoryBytes() > availableBytes) {
      throw new IOException(
          "%s: its guest has %d MiB of memory, and this host has %d MiB available (MemAvailable); a"
                  .formatted(recording.name(), recording.memoryBytes() >> 20, availableBytes >> 20)
              + " mapper of this host pins all of it: free memory, or take a smaller recording");
    }
  }
}
