package dev.aerostat.cli.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.cli.Invocation;
import dev.aerostat.cli.boot.FakeSimulator;
import dev.aerostat.cli.boot.Simulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --report}, with each command that has it. */
class ReportOptionTest {
  private static final String RECORDING =
      "../testkit/simulation/src/test/resources/traces/m1-k61-boot.trace.gz";

  @TempDir private Path directory = Path.of("");

  private Path file() {
    return directory.resolve("a.html");
  }

  private static Invocation run(String... args) {
    return Invocation.of(Simulator.onVirtualClock(), args);
  }

  private String page() throws IOException {
    return Files.readString(file());
  }

  private void assertFiguresAsPrinted(Invocation invocation) throws IOException {
    assertEquals(0, invocation.exitCode(), invocation.err());
    assertEquals("", invocation.err());
    assertTrue(
        page().contains("\"figures\":" + invocation.out().strip() + "}"),
        "the page has what was printed");
  }

  @Test
  void aBootsPageHasTheFiguresThatJsonPrints() throws IOException {
    assertFiguresAsPrinted(run("boot", "--memory", "64M", "--json", "--report", file().toString()));
    assertTrue(page().contains("\"kind\":\"boot\""));
  }

  @Test
  void aComparisonsPageHasThemTooAndSaysWhatTheWaysAre() throws IOException {
    assertFiguresAsPrinted(
        run("compare", "--memory", "64M,128M", "--json", "--report", file().toString()));
    assertTrue(page().contains("\"sync\":\"everything is mapped first: today\""));
    assertTrue(page().contains("\"records\":[]"));
  }

  @Test
  void theReplayOfOneRecordingHasThemTooAndThatOfSeveral() throws IOException {
    assertFiguresAsPrinted(run("replay", RECORDING, "--json", "--report", file().toString()));
    assertFiguresAsPrinted(
        run("replay", RECORDING, RECORDING, "--json", "--report", file().toString()));
    assertEquals(2, page().split("\"driverNanos\":", -1).length - 1, "a record for each");
  }

  @Test
  void whatIsPrintedIsTheSameWithAPageAsWithout() {
    assertEquals(
        run("boot", "--memory", "64M"),
        run("boot", "--memory", "64M", "--report", file().toString()));
  }

  @Test
  void thePageNamesTheCommandAsAShellReadsIt() throws IOException {
    Path odd = directory.resolve("it's <b>.html");
    run("boot", "--memory", "64M", "--report", odd.toString());
    assertTrue(
        Files.readString(odd)
            .contains(
                "\"command\":\"aerostat boot --memory 64M --report '%s/it'\\\\''s \\u003cb>.html'\""
                    .formatted(directory)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"boot --memory 8G", "compare --memory 8G", "replay " + RECORDING})
  void aFileThatCannotBeIsToldBeforeAnythingRuns(String command) {
    String path = directory.resolve("missing/a.html").toString();
    String[] args = (command + " --report " + path).split(" ");
    Invocation invocation =
        Invocation.of(
            new FakeSimulator(
                _ -> {
                  throw new AssertionError("it ran");
                }),
            args);
    assertEquals(1, invocation.exitCode());
    assertEquals(
        "aerostat: the report '%s' cannot be written: there is no directory '%s/missing'; choose another file\n"
            .formatted(path, directory),
        invocation.err());
  }

  @Test
  void neitherTraceNorRecordingIsOverwritten() throws IOException {
    Invocation both =
        run("boot", "--memory", "64M", "--trace", file().toString(), "--report", file().toString());
    assertEquals(2, both.exitCode());
    assertTrue(both.err().contains(" is the trace: choose another file"), both.err());
    assertFalse(Files.exists(file()));
    Path recording = Files.copy(Path.of(RECORDING), directory.resolve("recording"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), recording);
    for (Path path : new Path[] {recording, link}) {
      Invocation over = run("replay", recording.toString(), "--report", path.toString());
      assertEquals(2, over.exitCode());
      assertTrue(over.err().contains(" is the recording itself: choose another"), over.err());
    }
    assertArrayEquals(Files.readAllBytes(Path.of(RECORDING)), Files.readAllBytes(recording));
  }

  @Test
  void aBootThatFailsHasAPageToo() throws IOException {
    Invocation failed =
        run(
            "boot",
            "--memory",
            "64M",
            "--mapper-option",
            "fail=map:rate=1",
            "--report",
            file().toString());
    assertEquals(1, failed.exitCode());
    assertTrue(failed.err().contains("the gate never opened"), failed.err());
    assertTrue(page().contains("\"dmaReadyNanos\": null"));
    assertTrue(
        page().contains("\"problems\":[\"the gate never opened; the host refused "), "says why");
  }

  @Test
  void aPageIsSmallHoweverLongTheBoot() throws IOException {
    run("boot", "--memory", "32G", "--balloon-page", "2M", "--report", file().toString());
    assertTrue(Files.size(file()) < 400_000, () -> file() + " is large");
  }
}
