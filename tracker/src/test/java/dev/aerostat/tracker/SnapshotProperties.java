package dev.aerostat.tracker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.BalloonSnapshot;
import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.SparseMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/**
 * A tracker that was restored from a snapshot answers as the one that the snapshot was taken of.
 */
final class SnapshotProperties {
  private static final List<GuestRange> GUEST =
      List.of(
          GuestRange.ofPages(1, 160),
          GuestRange.ofPages(256, 65_539),
          GuestRange.ofPages(65_539, 300_003),
          GuestRange.ofPages(1 << 20, (1 << 20) + 200_000));

  @Provide
  Arbitrary<Function<Granules, BalloonTracker>> trackers() {
    return Arbitraries.of(
        IntervalTreeTracker::new,
        granules -> new IntervalTreeTracker(granules, TinyLimits.DEEP),
        BitmapTracker::new);
  }

  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void aRestoredTrackerAnswersEveryQuestionAsTheOriginal(
      @ForAll("trackers") Function<Granules, BalloonTracker> taken,
      @ForAll("trackers") Function<Granules, BalloonTracker> restored,
      @ForAll long seed)
      throws IOException {
    TrackedGuests.onGranules(
        GUEST,
        granules -> {
          BalloonTracker original = taken.apply(granules);
          var traffic = new Traffic(seed, granules);
          for (int message = 0; message < 600; message++) {
            traffic.next(Traffic.to(original));
          }
          BalloonSnapshot snapshot = original.snapshot();
          BalloonTracker copy = restored.apply(granules);
          snapshot.restoreTo(copy);
          assertSame(original, copy, traffic);
          assertEquals(snapshot, copy.snapshot());
          for (int message = 0; message < 100; message++) {
            traffic.next(Traffic.to(original, copy));
          }
          assertSame(original, copy, traffic);
        });
  }

  private static void assertSame(BalloonTracker original, BalloonTracker copy, Traffic traffic) {
    assertEquals(original.pages(), copy.pages());
    assertEquals(original.ranges(), copy.ranges());
    assertEquals(BalloonModel.rangesOf(original), BalloonModel.rangesOf(copy));
    assertEquals(BalloonModel.orderOf(original), BalloonModel.orderOf(copy));
    for (int question = 0; question < 50; question++) {
      long page = traffic.page();
      assertEquals(original.contains(page), copy.contains(page));
      assertEquals(original.nextBallooned(page), copy.nextBallooned(page));
      assertEquals(original.nextNotBallooned(page), copy.nextNotBallooned(page));
      assertEquals(original.pagesIn(page, page + 9999), copy.pagesIn(page, page + 9999));
    }
  }

  @Example
  void theOrderOfABootIsAFewRuns() throws IOException {
    TrackedGuests.onGranules(
        TrackedGuests.q35(384 * TrackedGuests.GIB),
        granules -> {
          var tracker = new IntervalTreeTracker(granules);
          for (long page = 386 * TrackedGuests.PAGES_A_GIB;
              page > 4 * TrackedGuests.PAGES_A_GIB;
              page -= 4096) {
            tracker.inflate(page - 4096, page, true);
          }
          tracker.inflate(0, 5000, false);
          var runs = new ArrayList<List<Integer>>();
          tracker
              .snapshot()
              .forEachGranuleRun((newest, oldest) -> runs.add(List.of(newest, oldest)));
          int last = granules.count() - 1;
          assertEquals(List.of(List.of(9, 0), List.of(1024, last)), runs);
        });
  }

  @Example
  void aSnapshotThatDoesNotFitIsRefusedByNameAndChangesNothing() throws IOException {
    TrackedGuests.onGranules(
        GUEST,
        granules -> {
          var original = new IntervalTreeTracker(granules);
          original.inflate(300, 90_000, true);
          BalloonSnapshot snapshot = original.snapshot();
          Granules larger = Granules.of(granules.memory(), 4 * TrackedGuests.MIB);
          assertRefused(snapshot, new IntervalTreeTracker(larger), "granules of 4194304 bytes");
          try (SparseMemory other = SparseMemory.allocate(List.of(GuestRange.ofPages(256, 700)))) {
            Granules others = Granules.of(other.guestMemory(), 2 * TrackedGuests.MIB);
            assertRefused(snapshot, new BitmapTracker(others), "[0x100000, 0x2bc000)");
          }
          var used = new BitmapTracker(granules);
          used.inflate(1, 3, false);
          var refusal = assertThrows(IllegalStateException.class, () -> snapshot.restoreTo(used));
          assertTrue(
              String.valueOf(refusal.getMessage()).contains("2 ballooned pages"),
              refusal::toString);
          assertEquals(2, used.pages());
        });
  }

  private static void assertRefused(
      BalloonSnapshot snapshot, BalloonTracker tracker, String expected) {
    var refusal = assertThrows(IllegalArgumentException.class, () -> snapshot.restoreTo(tracker));
    assertTrue(String.valueOf(refusal.getMessage()).contains(expected), refusal::toString);
    assertEquals(0, tracker.pages());
  }
}
