package dev.aerostat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.cli.boot.Simulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Simulated boots under Flight Recorder: what is recorded, and what {@code aerostat jfr} makes of
 * it, equals what the event trace has, which is written by other code.
 */
class JfrCommandTest {
  @TempDir private Path directory;

  private static Invocation run(String... args) {
    return Invocation.of(Simulator.onVirtualClock(), args);
  }

  /** Runs a boot that is recorded and traced. */
  private Boot boot(String... options) throws IOException {
    Path trace = directory.resolve("trace");
    Path file = directory.resolve("boot.jfr");
    var args =
        new ArrayList<>(
            List.of("boot", "--json", "--driver-after", "5ms", "--trace", trace.toString()));
    args.addAll(List.of(options));
    try (var recording = new Recording()) {
      recording.start();
      Invocation booted = run(args.toArray(String[]::new));
      assertEquals(0, booted.exitCode(), booted.err());
      recording.dump(file);
      return new Boot(
          file,
          RecordingFile.readAllEvents(file),
          new JsonNumbers(booted.out()),
          Files.readAllLines(trace).stream().skip(2).toList());
    }
  }

  private record Boot(
      Path recording, List<RecordedEvent> all, JsonNumbers report, List<String> trace) {
    List<RecordedEvent> events(String name) {
      return all.stream()
          .filter(event -> event.getEventType().getName().equals("dev.aerostat." + name))
          .toList();
    }

    long sum(String name, String field) {
      return events(name).stream().mapToLong(event -> event.getLong(field)).sum();
    }

    long traced(String what) {
      return trace.stream().filter(line -> what(line).equals(what)).count();
    }

    /** Deflates that were not acknowledged at once, and until when, in nanoseconds each. */
    List<Long> waits() {
      var waits = new ArrayList<Long>();
      for (int i = 0; i < trace.size(); i++) {
        if (what(trace.get(i)).equals("deflate-end")) {
          String message = where(trace.get(i));
          if (!isAcknowledged(trace.get(i + 1), message)) {
            long read = nanos(trace.get(i));
            trace.stream()
                .skip(i)
                .filter(line -> isAcknowledged(line, message))
                .findFirst()
                .ifPresent(line -> waits.add(nanos(line) - read));
          }
        }
      }
      return waits;
    }

    private static boolean isAcknowledged(String line, String message) {
      return what(line).equals("acknowledge") && where(line).equals(message);
    }

    private static String what(String line) {
      return line.strip().split("\\s+", -1)[1];
    }

    private static String where(String line) {
      return line.strip().split("\\s+", -1)[2];
    }

    private static long nanos(String line) {
      return Long.parseLong(line.strip().split("\\s+", -1)[0].replace(".", ""));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux", "pressured"})
  void whatIsRecordedOfABootIsWhatItsTraceHas(String guest) throws IOException {
    Boot boot = boot("--memory", "256M", "--resident", "32M", "--guest", guest);
    long memory = 256L << 20;
    assertEquals(memory, boot.sum("Map", "bytes"));
    assertEquals(memory, boot.sum("Populate", "bytes"));
    assertEquals(memory, boot.sum("Unmap", "bytes"));
    assertEquals(boot.traced("map"), boot.events("Map").size());
    assertEquals(boot.traced("populate"), boot.events("Populate").size());
    assertEquals(boot.traced("target"), boot.events("Target").size());
    assertEquals(
        boot.traced("gate-opened") + boot.traced("gate-closed"), boot.events("Gate").size());
    assertEquals(
        boot.waits().stream().sorted().toList(),
        boot.events("DeflateWait").stream().map(event -> event.getLong("took")).sorted().toList());
    assertTrue(boot.events("Start").getFirst().getBoolean("simulated"));
    assertEquals(1, boot.events("Close").size());
  }

  @Test
  void theGuestUnderPressureMakesDeflatesWait() throws IOException {
    assertFalse(
        boot("--memory", "256M", "--resident", "32M", "--guest", "pressured").waits().isEmpty());
  }

  @Test
  void holesInMemoryAreNotUnmapped() throws IOException {
    Boot boot = boot("--memory", "3G", "--balloon-page", "2M");
    assertEquals(3L << 30, boot.sum("Unmap", "bytes"));
  }

  @Test
  void eventsHaveTheTimeOfTheSimulation() throws IOException {
    Boot boot = boot("--memory", "256M");
    List<Long> traced =
        boot.trace().stream()
            .filter(line -> Boot.what(line).equals("map"))
            .map(Boot::nanos)
            .sorted()
            .toList();
    assertEquals(
        traced, boot.events("Map").stream().map(map -> map.getLong("at")).sorted().toList());
    assertEquals(
        boot.trace().stream()
            .filter(line -> Boot.what(line).equals("gate-opened"))
            .map(Boot::nanos)
            .toList(),
        boot.events("Gate").stream()
            .filter(gate -> gate.getBoolean("open"))
            .map(gate -> gate.getLong("at"))
            .toList());
  }

  @Test
  void theSummaryEqualsTheBootsOwnReport() throws IOException {
    Boot boot = boot("--memory", "256M", "--resident", "32M", "--guest", "pressured");
    Invocation summary = run("jfr", boot.recording().toString(), "--json");
    assertEquals(0, summary.exitCode(), summary.err());
    // Of one engine: without the brackets of the arrays, paths lead into it.
    JsonDocument.assertSame(new JsonDocument().keys("jfr"), JsonPaths.of(summary.out()));
    var json =
        new JsonNumbers(summary.out().replaceFirst("\\[", "").replaceFirst("](?=\\s*}\\s*$)", ""));
    assertEquals(256L << 20, json.number("engines.memoryBytes"));
    assertEquals(boot.report().number("map.bytes"), json.number("engines.map.bytes"));
    assertEquals(boot.waits().size(), json.number("engines.deflateWait.count"));
    assertEquals(boot.waits().size(), json.number("engines.totals.deflateWaits"));
    assertEquals(
        boot.waits().stream().mapToLong(Long::longValue).max().orElseThrow(),
        json.number("engines.deflateWait.maxNanos"));
    assertEquals(
        boot.report().number("inflate.messages"), json.number("engines.totals.inflateMessages"));
    assertEquals(
        boot.report().number("deflate.messages"), json.number("engines.totals.deflateMessages"));
    assertEquals(
        boot.report().number("deflate.onDemandPages") * 4096,
        json.number("engines.totals.onDemandBytes"));
  }

  @Test
  void whatTheGuestHasNotPluggedIsToldWhenTheGateMoves() throws IOException {
    Boot boot = boot("--memory", "1G", "--resident", "256M", "--withhold", "virtio-mem");
    long plugged = boot.report().number("plug.bytes");
    Map<Boolean, Long> unplugged =
        boot.events("Gate").stream()
            .collect(
                Collectors.toMap(
                    gate -> gate.getBoolean("open"), gate -> gate.getLong("unpluggedBytes")));
    assertEquals(Map.of(true, plugged, false, 0L), unplugged);
    String text = run("jfr", boot.recording().toString()).out();
    assertTrue(text.contains("768 MiB not plugged"), text);
  }

  @Test
  void theSummaryInWordsHasTheTimelineAndEachKindOfCall() throws IOException {
    Boot boot = boot("--memory", "256M");
    String text = run("jfr", boot.recording().toString()).out();
    assertTrue(text.contains("256 MiB of memory, in a simulation's time"), text);
    List<String> timeline =
        text.lines()
            .filter(line -> line.contains(" s  "))
            .map(line -> line.replaceAll(".* s  ", ""))
            .toList();
    assertEquals("the engine starts", timeline.getFirst());
    assertEquals("the engine has ended", timeline.getLast());
    assertTrue(timeline.contains("all memory is mapped"), text);
    assertTrue(timeline.stream().anyMatch(line -> line.startsWith("the gate opens: ")), text);
    String kinds =
        text.lines().map(line -> line.split("  ", -1)[0]).collect(Collectors.joining(","));
    assertTrue(
        kinds.contains("populate") && kinds.contains("map") && kinds.contains("unmap"), text);
  }

  @Test
  void aFileThatIsNoRecordingIsRefusedInALine() throws IOException {
    Path file = directory.resolve("x.jfr");
    assertRefused("expected a recording of Flight Recorder's", file);
    Files.writeString(file, "no recording");
    assertRefused("cannot be read as a recording", file);
    byte[] whole = Files.readAllBytes(boot("--memory", "64M").recording());
    for (int length : new int[] {0, 5, 68, 100, whole.length / 2, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertRefused("cannot be read as a recording", file);
    }
  }

  @Test
  void aRecordingWithoutAnEngineIsRefused() throws IOException {
    Path file = directory.resolve("empty.jfr");
    try (var recording = new Recording()) {
      recording.start();
      recording.dump(file);
    }
    assertRefused("has no events of an engine's", file);
  }

  private static void assertRefused(String reason, Path file) {
    Invocation invocation = run("jfr", file.toString());
    assertEquals(1, invocation.exitCode());
    assertEquals("", invocation.out());
    assertTrue(invocation.err().contains(reason), invocation.err());
    assertEquals(1, invocation.err().lines().count(), invocation.err());
  }
}
