package dev.aerostat.cli.boot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.cli.Invocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TraceOptionTest {
  private static final String RECORDING =
      "../testkit/simulation/src/test/resources/traces/m1-k61-boot.trace.gz";

  @TempDir private Path directory;

  private static Invocation run(String... args) {
    return Invocation.of(Simulator.onVirtualClock(), args);
  }

  private String file(String name) {
    return directory.resolve(name).toString();
  }

  @Test
  void aBootPrintsAsEverAndIsTracedByteForByteTheSame() throws IOException {
    Invocation untraced = run("boot", "--memory", "64M");
    assertEquals(untraced, run("boot", "--memory", "64M", "--trace", file("a")));
    assertEquals(untraced, run("boot", "--memory", "64M", "--trace", file("b")));
    assertTrue(Files.size(directory.resolve("a")) > 10_000);
    assertArrayEquals(
        Files.readAllBytes(directory.resolve("a")), Files.readAllBytes(directory.resolve("b")));
  }

  @Test
  void aTraceOfBeforeIsReplaced() throws IOException {
    Files.writeString(directory.resolve("a"), "x".repeat(1_000_000));
    run("boot", "--memory", "64M", "--trace", file("a"));
    List<String> lines = Files.readAllLines(directory.resolve("a"));
    assertTrue(lines.getFirst().startsWith("# Event trace 1"), lines.getFirst());
    assertTrue(lines.getLast().contains("  closed  "), lines.getLast());
  }

  @Test
  void aReplayIsTraced() throws IOException {
    Invocation invocation = run("replay", RECORDING, "--trace", file("a"));
    assertEquals(0, invocation.exitCode(), invocation.err());
    try (var lines = Files.lines(directory.resolve("a"))) {
      assertTrue(lines.filter(line -> line.contains("  deflate-end  ")).count() > 100);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDiskThatIsFullFailsTheCommandInOneLine() {
    String full =
        "aerostat: the trace '/dev/full' cannot be written: No space left on device;"
            + " choose another file\n";
    assertEquals(
        new Invocation(1, "", full), run("boot", "--memory", "64M", "--trace", "/dev/full"));
    assertEquals(new Invocation(1, "", full), run("replay", RECORDING, "--trace", "/dev/full"));
  }

  @Test
  void aFileThatCannotBeIsToldBeforeAnythingRuns() {
    FakeSimulator simulator = FakeSimulator.smooth();
    Invocation invocation =
        Invocation.of(simulator, "boot", "--memory", "8G", "--trace", file("missing/a"));
    assertEquals(1, invocation.exitCode());
    assertTrue(invocation.err().contains("there is no directory '"), invocation.err());
    assertEquals(List.of(), simulator.booted);
  }

  @Test
  void aRecordingIsNotOverwrittenByItsTrace() throws IOException {
    Path recording = directory.resolve("recording");
    Files.copy(Path.of(RECORDING), recording);
    Files.createSymbolicLink(directory.resolve("link"), recording);
    for (String written : List.of("recording", "link")) {
      Invocation invocation = run("replay", recording.toString(), "--trace", file(written));
      assertEquals(2, invocation.exitCode());
      assertTrue(invocation.err().contains("is the recording itself"), invocation.err());
    }
    assertArrayEquals(Files.readAllBytes(Path.of(RECORDING)), Files.readAllBytes(recording));
  }

  @Test
  void severalRecordingsHaveNoTraceInCommon() {
    Invocation invocation = run("replay", RECORDING, RECORDING, "--trace", file("a"));
    assertEquals(2, invocation.exitCode());
    assertTrue(invocation.err().contains("expected one recording, not 2"), invocation.err());
  }

  @Test
  void realTimeHasNoTrace() {
    Invocation invocation = run("replay", RECORDING, "--mapper", "vfio", "--trace", file("a"));
    assertEquals(2, invocation.exitCode());
    assertTrue(invocation.err().contains("mapper 'vfio' works in real time"), invocation.err());
    assertTrue(Files.notExists(directory.resolve("a")));
  }
}
