package dev.aerostat.simulation;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayTest {
  /** The table that came with the recordings: messages, pages, peak of disjoint ranges. */
  @ParameterizedTest
  @CsvSource({
    "m1-k61-boot,768,196608,12",
    "m2-k612-boot,1792,458752,10",
    "m4-k61-boot,3584,917504,18",
    "m4-k612-boot,3584,917504,14",
    "m2-k612-frag,1563,360603,8368"
  })
  void whatAStockDriverSentReplaysWithoutABreach(
      String name, long messages, long pages, long peakRanges) throws Exception {
    BootReport report = Replay.run(trace(name), "sim", Map.of(), BootWatcher.none());

    assertAll(
        () -> assertEquals(0, report.violations(), report.firstViolation()),
        () -> assertEquals(messages, report.inflate().messages()),
        () -> assertEquals(pages, report.inflate().pages()),
        () -> assertEquals(pages, report.deflate().pages(), "the balloon ends empty"),
        () -> assertEquals(peakRanges, report.inflate().peakRanges()),
        () -> assertEquals(report.memoryBytes(), report.map().bytes()),
        () -> assertTrue(report.timeline().inflatedNanos().isPresent()),
        () -> assertTrue(report.timeline().balloonEmptyNanos().isPresent()),
        () -> assertTrue(report.trackerPeakBytes() <= 64 << 10, report::toString),
        () -> assertEquals(name + ".trace.gz", report.guest()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"m1-k61-boot", "m2-k612-boot", "m4-k61-boot", "m4-k612-boot"})
  void aRecordedBootTakesAtMost4KibOfTree(String name) throws Exception {
    BootReport report = Replay.run(trace(name), "sim", Map.of(), BootWatcher.none());

    assertTrue(report.trackerPeakBytes() <= 4 << 10, report::toString);
  }

  @Test
  void aRecordingReplaysTheSameOnTheOtherTracker() throws Exception {
    BootReport tree = Replay.run(trace("m2-k612-frag"), "sim", Map.of(), BootWatcher.none());
    BootReport bitmap =
        Replay.run(trace("m2-k612-frag"), "sim", Map.of(), TrackerKind.BITMAP, BootWatcher.none());

    assertEquals(tree.timeline(), bitmap.timeline());
    assertEquals(tree.deflate(), bitmap.deflate());
  }

  @Test
  void aDeflateOfWhatTheHostRefusedToMapWaitsForTheMap() throws Exception {
    // Nothing above 4 GiB is populated until long after the guest wants it back.
    Map<String, String> slowHost =
        Map.of("fail", "populate:range=0x100000000-0x180000000:times=20000");

    BootReport report = Replay.run(trace("m4-k612-boot"), "sim", slowHost, BootWatcher.none());

    assertEquals(0, report.violations(), report.firstViolation());
    assertTrue(report.deflate().onDemandPages() > 0, report::toString);
    assertTrue(report.deflate().ackNanosMax().orElseThrow() > 0);
    assertTrue(report.timeline().balloonEmptyNanos().isPresent());
  }

  @Test
  void aTruncatedRecordingIsRefusedBeforeAnythingRuns(@TempDir Path directory) throws Exception {
    byte[] whole = Files.readAllBytes(trace("m1-k61-boot"));
    Path cut = directory.resolve("cut.trace.gz");
    Files.write(cut, Arrays.copyOf(whole, whole.length / 2));

    var refusal =
        assertThrows(IOException.class, () -> Replay.run(cut, "sim", Map.of(), BootWatcher.none()));

    assertTrue(refusal.toString().contains("cut.trace.gz, line "), refusal::toString);
  }

  private static Path trace(String name) throws URISyntaxException {
    URL resource = ReplayTest.class.getResource("/traces/" + name + ".trace.gz");
    return Path.of(Objects.requireNonNull(resource, name).toURI());
  }
}
