package dev.aerostat.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.HostRefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class EventTraceTest {
  private static final Path LEGEND = Path.of("../../docs/trace.md");
  private static final Path FULL = Path.of("/dev/full");
  private static final long MIB = 1L << 20;

  @TempDir private Path directory;

  @Test
  void anEventIsALineInFixedColumns() throws IOException {
    Path file = directory.resolve("trace");
    try (EventTrace trace = EventTrace.open(file, BootWatcher.none())) {
      trace.happened(0, BootEvent.TARGET, 0, 0, 8192);
      trace.happened(1_000_650_000, BootEvent.INFLATE, 0x1_4000_0000L, 0x10_0000, 256);
      trace.happened(12_345_000_000_001L, BootEvent.POPULATE, 0, 0x20_0000, 421_875);
      trace.happened(12_345_000_000_001L, BootEvent.INTERRUPT_QUEUE, 1, 0, 0);
      trace.happened(12_345_000_000_001L, BootEvent.ACKNOWLEDGE, 17, 0, 0);
      trace.happened(12_345_000_000_002L, BootEvent.BREACH, 0, 0, 2);
    }
    assertEquals(
        """
        # Event trace 1 of Aerostat; docs/trace.md explains it
        #       seconds  what              where                             how much
            0.000000000  target            -                                 8192 pages
            1.000650000  inflate           0x140000000+0x100000              256 pages
        12345.000000001  populate          0x0+0x200000                      421875 ns
        12345.000000001  interrupt-queue   queue-1                           -
        12345.000000001  acknowledge       message-17                        -
        12345.000000002  breach            -                                 2 breaches
        """,
        Files.readString(file));
  }

  @Test
  void columnsStayApartWhateverTheNumbers() throws IOException {
    Path file = directory.resolve("trace");
    try (EventTrace trace = EventTrace.open(file, BootWatcher.none())) {
      for (BootEvent event : BootEvent.values()) {
        trace.happened(Long.MAX_VALUE, event, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
      }
    }
    List<String> lines = Files.readAllLines(file);
    assertEquals(2 + BootEvent.values().length, lines.size());
    for (String line : lines.subList(2, lines.size())) {
      assertEquals(4, line.strip().split(" {2,}").length, line);
    }
  }

  @Test
  void theWatcherBehindItHearsTheSame() throws IOException {
    var expected = new EventDigest();
    var heard = new EventDigest();
    run(small(), expected);
    try (EventTrace trace = EventTrace.open(directory.resolve("trace"), heard)) {
      run(small(), trace);
    }
    assertEquals(expected.toString(), heard.toString());
  }

  @Test
  void theLegendFollowsABootAsItIs() throws IOException {
    List<String> told = examples();
    assertTrue(told.size() >= 30, () -> told.size() + " lines");
    List<String> left = new ArrayList<>(told);
    for (String line : trace(small())) {
      if (!left.isEmpty() && left.getFirst().equals(line)) {
        left.removeFirst();
      }
    }
    assertEquals(List.of(), left, "in docs/trace.md, but not in the trace from there on");
  }

  @Test
  void theLegendExplainsEachEvent() throws IOException {
    List<String> explained =
        Files.readAllLines(LEGEND).stream()
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.replaceAll("(\\| [^|]*\\| [^|]*\\| ?[^|]*\\|).*", "$1").strip())
            .toList();
    assertEquals(Stream.of(BootEvent.values()).map(EventTraceTest::row).toList(), explained);
  }

  private static String row(BootEvent event) {
    String place =
        switch (event.place()) {
          case NONE -> "";
          case MEMORY -> " memory";
          case QUEUE -> " queue";
          case MESSAGE -> " message";
        };
    String unit =
        switch (event.unit()) {
          case NONE -> "";
          case PAGES -> " pages";
          case NANOSECONDS -> " ns";
          case BREACHES -> " breaches";
        };
    return "| `%s` |%s |%s |".formatted(event, place, unit);
  }

  @Test
  void aDirectoryThatIsMissingIsNamed() {
    Path missing = directory.resolve("missing");
    IOException refused =
        assertThrows(
            IOException.class, () -> EventTrace.open(missing.resolve("trace"), BootWatcher.none()));
    assertEquals(
        "the trace '%s' cannot be written: there is no directory '%s'; choose another file"
            .formatted(missing.resolve("trace"), missing),
        refused.getMessage());
  }

  @Test
  void aDirectoryIsNoFile() {
    IOException refused =
        assertThrows(IOException.class, () -> EventTrace.open(directory, BootWatcher.none()));
    assertEquals(
        "the trace '%s' cannot be written: Is a directory; choose another file"
            .formatted(directory),
        refused.getMessage());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDiskThatIsFullEndsTheRun() throws IOException {
    BootScenario long4k =
        Scenarios.boot(Scenarios.GIB, Scenarios.SMALL, Variant.ASYNC); // More than a buffer's.
    EventTrace trace = EventTrace.open(FULL, BootWatcher.none());
    UncheckedIOException full = assertThrows(UncheckedIOException.class, () -> run(long4k, trace));
    assertEquals(
        "java.io.IOException: the trace '/dev/full' cannot be written: No space left on device;"
            + " choose another file",
        full.getMessage());
    assertThrows(IOException.class, trace::close);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDiskThatIsFullAtTheEndIsTold() throws IOException {
    EventTrace trace = EventTrace.open(FULL, BootWatcher.none());
    IOException full = assertThrows(IOException.class, trace::close);
    assertEquals(
        "the trace '/dev/full' cannot be written: No space left on device; choose another file",
        full.getMessage());
  }

  private static List<String> examples() throws IOException {
    String[] parts = Files.readString(LEGEND).split("(?m)^```.*$");
    return Arrays.stream(parts)
        .flatMap(String::lines)
        .filter(line -> line.matches(" {4}\\d+\\.\\d{9} .*"))
        .toList();
  }

  /** The boot that docs/trace.md follows. */
  private static BootScenario small() {
    return new BootScenario(
        64 * MIB,
        32 * MIB,
        Scenarios.HUGE,
        Variant.ASYNC,
        GuestBehaviour.LINUX,
        "sim",
        Map.of(),
        1,
        5_000_000,
        0);
  }

  private List<String> trace(BootScenario scenario) throws IOException {
    Path file = directory.resolve("trace");
    try (EventTrace trace = EventTrace.open(file, BootWatcher.none())) {
      run(scenario, trace);
    }
    return Files.readAllLines(file);
  }

  private static void run(BootScenario scenario, BootWatcher watcher) {
    try {
      var _ = Boot.run(scenario, watcher);
    } catch (HostRefusedException | IOException failure) {
      throw new IllegalStateException(failure);
    }
  }
}
