package dev.aerostat.tracker;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.SparseMemory;
import java.io.IOException;
import java.util.List;

/** Guests for the tests: RAM that is never touched. */
final class TrackedGuests {
  static final long MIB = 1L << 20;
  static final long GIB = 1L << 30;
  static final long PAGES_A_GIB = 1L << 18;

  private TrackedGuests() {}

  /** RAM of a q35 machine: below 2 GiB, and the rest from 4 GiB up. */
  static List<GuestRange> q35(long bytes) {
    return bytes <= 2 * GIB
        ? List.of(new GuestRange(0, bytes))
        : List.of(new GuestRange(0, 2 * GIB), GuestRange.ofLength(4 * GIB, bytes - 2 * GIB));
  }

  /** Runs something on a new tracker of each kind with granules of 2 MiB, and on its memory. */
  static void onGuest(List<GuestRange> ranges, Scenario scenario) throws IOException {
    onGranules(
        ranges,
        granules -> {
          scenario.play(new IntervalTreeTracker(granules), granules);
          scenario.play(new BitmapTracker(granules), granules);
        });
  }

  /** Runs something on new granules of 2 MiB. */
  static void onGranules(List<GuestRange> ranges, GranuleScenario scenario) throws IOException {
    try (SparseMemory memory = SparseMemory.allocate(ranges)) {
      scenario.play(Granules.of(memory.guestMemory(), 2 * MIB));
    }
  }

  /** What a test does with a tracker. */
  interface Scenario {
    void play(BalloonTracker tracker, Granules granules) throws IOException;
  }

  /** What a test does with granules. */
  interface GranuleScenario {
    void play(Granules granules) throws IOException;
  }
}
