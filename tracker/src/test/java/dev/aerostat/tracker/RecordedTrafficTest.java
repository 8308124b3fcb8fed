package dev.aerostat.tracker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.BalloonTracker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What unmodified Linux balloon drivers sent, message by message. A line is {@code ms M I|D pages}
 * where a message begins, and {@code ms I|D pfn count} for a run in it, the PFN in hexadecimal and
 * the count negative where PFNs descend.
 */
final class RecordedTrafficTest {
  @ParameterizedTest
  @CsvSource({
    "m1-k61-boot,   1024, 196608, 12",
    "m2-k612-boot,  2048, 458752, 10",
    "m4-k61-boot,   4096, 917504, 18",
    "m4-k612-boot,  4096, 917504, 14",
    "m2-k612-frag,  2048, 360603, 8368",
  })
  void everyPageIsAccountedForAndTheBalloonEndsEmpty(
      String trace, int memoryMib, long inflatedPages, long peakRanges) throws IOException {
    TrackedGuests.onGuest(
        TrackedGuests.q35(memoryMib * TrackedGuests.MIB),
        (tracker, granules) -> {
          Replay replay = replay(trace, tracker);
          assertEquals(inflatedPages, replay.inflated);
          assertEquals(inflatedPages, replay.deflated);
          assertEquals(peakRanges, replay.peakRanges);
          assertEquals(0, tracker.pages());
          assertEquals(BalloonTracker.NONE, tracker.mostRecentGranule());
        });
  }

  @ParameterizedTest
  @CsvSource({"m1-k61-boot, 1024", "m2-k612-boot, 2048", "m4-k61-boot, 4096", "m4-k612-boot, 4096"})
  void aBootTakesLessThan64KibOfTracker(String trace, int memoryMib) throws IOException {
    TrackedGuests.onGuest(
        TrackedGuests.q35(memoryMib * TrackedGuests.MIB),
        (tracker, granules) -> {
          Replay replay = replay(trace, tracker);
          assertTrue(replay.peakBytes <= 64 << 10, () -> "peak of %d".formatted(replay.peakBytes));
        });
  }

  @ParameterizedTest
  @CsvSource({"m1-k61-boot, 1024", "m2-k612-boot, 2048", "m4-k61-boot, 4096", "m4-k612-boot, 4096"})
  void aBootTakesAtMost4KibOfTreeEvenInAGuestOfTerabytes(String trace, int memoryMib)
      throws IOException {
    var sizes =
        List.of(memoryMib * TrackedGuests.MIB, 384 * TrackedGuests.GIB, 16_000 * TrackedGuests.GIB);
    for (long bytes : sizes) {
      TrackedGuests.onGranules(
          TrackedGuests.q35(bytes),
          granules -> {
            Replay replay = replay(trace, new IntervalTreeTracker(granules));
            assertTrue(replay.peakBytes <= 4 << 10, () -> "peak of " + replay.peakBytes);
          });
    }
  }

  private static Replay replay(String trace, BalloonTracker tracker) throws IOException {
    var replay = new Replay(tracker);
    for (String line : linesOf(trace)) {
      replay.play(line.split(" "));
    }
    replay.endMessage();
    return replay;
  }

  private static List<String> linesOf(String trace) throws IOException {
    try (InputStream file =
            Objects.requireNonNull(
                RecordedTrafficTest.class.getResourceAsStream(trace + ".trace.gz"), trace);
        var reader =
            new BufferedReader(
                new InputStreamReader(new GZIPInputStream(file), StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    }
  }

  private static final class Replay {
    private final BalloonTracker tracker;
    private long inflated;
    private long deflated;
    private long peakRanges;
    private long peakBytes;

    private Replay(BalloonTracker tracker) {
      this.tracker = tracker;
    }

    private void play(String[] words) {
      switch (words[1]) {
        case "M" -> endMessage();
        case "I", "D" ->
            run(words[1].equals("I"), Long.parseLong(words[2], 16), Long.parseLong(words[3]));
        default -> {}
      }
    }

    private void run(boolean inflate, long pfn, long count) {
      long first = count > 0 ? pfn : pfn + count + 1;
      long end = first + Math.abs(count);
      if (inflate) {
        inflated += tracker.inflate(first, end, count < 0);
      } else {
        deflated += tracker.deflate(first, end);
      }
    }

    private void endMessage() {
      peakRanges = Math.max(peakRanges, tracker.ranges());
      peakBytes = Math.max(peakBytes, tracker.heldBytes());
    }
  }
}
