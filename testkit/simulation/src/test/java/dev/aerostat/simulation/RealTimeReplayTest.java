package dev.aerostat.simulation;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On real memory, in real time; the simulated mapper spends its costs by waiting. */
@Timeout(180)
final class RealTimeReplayTest {
  private static final long MIB = 1 << 20;
  private static final long DEFLATED_AT = 300_000_000;

  @TempDir private Path directory = Path.of("");
  private Path trace = Path.of("");

  @BeforeEach
  void write() throws IOException {
    trace = directory.resolve("small.trace");
    Files.writeString(
        trace,
        """
        # guest_mem_mib 64
        # ram_layout q35: below 4 GiB all
        0 T 512
        1 M I 256
        1 I 2000 256
        1 M I 256
        1 I 21ff -256
        2 A 512
        300 T 0
        300 M D 256
        300 D 2100 256
        301 M D 256
        301 D 2000 256
        301 A 0
        """);
  }

  private static SimulationPlan plan(Map<String, String> options) {
    return new SimulationPlan(
        32 * MIB, 4096, Variant.ASYNC, "sim", options, 2, 0, TrackerKind.BITMAP, Optional.empty());
  }

  @Test
  void whatWasRecordedHappensInItsTimeAndBreaksNoRule() throws Exception {
    BootReport report =
        RealTimeReplay.run(RecordedTraffic.open(trace), plan(Map.of()), BootWatcher.none());

    BootReport.Timeline timeline = report.timeline();
    assertAll(
        () -> assertEquals(0, report.violations(), report.firstViolation()),
        () -> assertEquals("small.trace", report.guest()),
        () -> assertEquals(512, report.inflate().pages()),
        () -> assertEquals(512, report.deflate().pages()),
        () -> assertEquals(64 * MIB, report.map().bytes()),
        () -> assertEquals(report.map().calls(), report.map().peakMappings()),
        () -> assertTrue(report.map().busyNanos() > 0, report::toString),
        () -> assertTrue(report.map().populateBusyNanos() > 0, report::toString),
        // A loaded machine may be late, but is never early.
        () ->
            assertTrue(
                timeline.inflatedNanos().getAsLong() < timeline.balloonEmptyNanos().getAsLong(),
                report::toString),
        () -> assertTrue(timeline.dmaReadyNanos().isPresent(), report::toString),
        () -> assertTrue(timeline.fullyMappedNanos().isPresent(), report::toString),
        () -> assertTrue(timeline.balloonEmptyNanos().getAsLong() > DEFLATED_AT, report::toString));
  }

  @Test
  void whatTheHostRefusesIsToldAndTriedAgain() throws Exception {
    BootReport report =
        RealTimeReplay.run(
            RecordedTraffic.open(trace), plan(Map.of("fail", "map:nth=2")), BootWatcher.none());

    assertEquals(0, report.violations(), report.firstViolation());
    assertEquals(1, report.refusals().count());
    assertTrue(report.refusals().last().startsWith("MAP of "), report::toString);
  }

  @Test
  void aGuestLargerThanTheHostIsRefusedInOneLine() throws IOException {
    var host = new HostRoom(48 * MIB);
    RecordedTraffic recording = RecordedTraffic.open(trace);

    var refusal = assertThrows(IOException.class, () -> host.require(recording));

    assertEquals(
        "small.trace: its guest has 64 MiB of memory, and this host has 48 MiB available"
            + " (MemAvailable); a mapper of this host pins all of it: free memory, or take a smaller"
            + " recording",
        refusal.getMessage());
  }
}
