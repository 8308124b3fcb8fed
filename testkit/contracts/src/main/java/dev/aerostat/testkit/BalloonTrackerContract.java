package dev.aerostat.testkit;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.BalloonSnapshot;
import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.SparseMemory;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;

/**
 * What every {@link BalloonTracker} must do. Extend it, say how a tracker is made, and run the
 * class with the JUnit platform and jqwik's engine:
 *
 * <pre>{@code
 * final class MyTrackerTest extends BalloonTrackerContract {
 *   @Override
 *   protected BalloonTracker create(Granules granules) {
 *     return new MyTracker(granules);
 *   }
 * }
 * }</pre>
 *
 * <p>The class must have a name that the build looks for: Maven's Surefire runs {@code *Test} by
 * default and passes over {@code *Properties}.
 *
 * <p>The properties send random messages to a tracker, and after every one compare all that it
 * answers with Guava's {@code TreeRangeSet} and a {@code LinkedHashSet} of granules. How many
 * sequences of messages they try is jqwik's default, 1000, or what {@code jqwik.tries.default}
 * says. Beside them thousands of messages of every shape that guests send go to large guests, and
 * what has a limit in many data structures is exceeded: pages, ranges, messages, regions, threads,
 * memory. Guest memory is a set of sparse temporary files, up to 16 TiB that is never touched. All
 * of it takes some seconds.
 *
 * <h2>What a call may cost</h2>
 *
 * <ul>
 *   <li>{@code pages}, {@code ranges} and {@code heldBytes}: constant time.
 *   <li>{@code mostRecentGranule}: constant time, what deflates put off aside.
 *   <li>{@code contains}, {@code containsAll}, {@code intersects}, {@code nextBallooned}, {@code
 *       nextNotBallooned}, {@code nextOlderGranule}: at most logarithmic in the number of ranges
 *       and granules.
 *   <li>{@code pagesIn}: at most proportional to the range that is asked for, whatever else is
 *       ballooned; logarithmic is better.
 *   <li>{@code inflate} and {@code deflate}: logarithmic, and proportional to the range that is
 *       changed.
 *   <li>Visits and snapshots: proportional to the ranges there are.
 *   <li>Memory: nothing is allocated but what the set needs to grow, but for {@link
 *       #garbageBytesPerCall()}.
 * </ul>
 *
 * <p>Time is the processor time of the calling thread, compared between a balloon of many ranges
 * and one of few, with room for caches that miss.
 */
public abstract class BalloonTrackerContract {
  /** For subclasses. */
  protected BalloonTrackerContract() {}

  /**
   * Creates the tracker to be tested.
   *
   * @param granules the guest's memory and its granules
   * @return a new tracker with an empty balloon
   */
  protected abstract BalloonTracker create(Granules granules);

  /**
   * Checks what only the implementation knows, such as invariants of its data structure. It must
   * change nothing: a check that repairs hides what it is there to find. Called after every
   * operation, in long traffic now and then; does nothing unless overridden.
   *
   * @param tracker one made by {@link #create}
   */
  protected void checkInside(BalloonTracker tracker) {}

  /**
   * Returns how many bytes a message or a query may allocate though the set needs no more room, on
   * average. None by default, as {@link BalloonTracker} says; a tracker that is never on a hot path
   * may allow itself some.
   *
   * @return bytes a call, 0 or more; 0 unless overridden
   */
  protected long garbageBytesPerCall() {
    return 0;
  }

  @Provide
  Arbitrary<Tuple2<TrackedGuest, List<BalloonChange>>> traffic() {
    return Arbitraries.of(TrackedGuest.ALL)
        .flatMap(
            guest ->
                BalloonChange.on(guest).list().ofMaxSize(40).map(list -> Tuple.of(guest, list)));
  }

  @Property
  void afterEveryMessageTheTrackerAgreesWithASetOfRanges(
      @ForAll("traffic") Tuple2<TrackedGuest, List<BalloonChange>> traffic) throws IOException {
    onGuest(
        traffic.get1(),
        tracker -> {
          for (BalloonChange message : traffic.get2()) {
            tracker.send(message);
          }
        });
  }

  @Property
  void aTrackerThatIsAskedOnlyAtTheEndSaysTheSame(
      @ForAll("traffic") Tuple2<TrackedGuest, List<BalloonChange>> traffic) throws IOException {
    onGuest(
        traffic.get1(),
        tracker -> {
          traffic.get2().forEach(tracker::apply);
          tracker.check();
        });
  }

  @Property
  void aClearedTrackerIsAsGoodAsNew(
      @ForAll("traffic") Tuple2<TrackedGuest, List<BalloonChange>> traffic) throws IOException {
    onGuest(
        traffic.get1(),
        tracker -> {
          traffic.get2().forEach(tracker::apply);
          tracker.clear();
          traffic.get2().forEach(tracker::apply);
          tracker.check();
        });
  }

  @Property(tries = 3, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
  void longTrafficOfEveryShapeIsTrackedToThePage(@ForAll long seed) throws IOException {
    for (TrafficShape shape : TrafficShape.values()) {
      playLong(TrackedGuest.LARGE, shape, seed);
      var others =
          List.of(
              TrackedGuest.PC,
              TrackedGuest.TOUCHING,
              TrackedGuest.SMALL_GRANULES,
              TrackedGuest.TWELVE_REGIONS);
      playLong(others.get(new Random(seed).nextInt(others.size())), shape, seed);
    }
  }

  private void playLong(TrackedGuest guest, TrafficShape shape, long seed) throws IOException {
    for (int messagesAQuestion : new int[] {1, 13, Integer.MAX_VALUE}) {
      withGranules(
          guest,
          granules ->
              LongTraffic.play(
                  create(granules),
                  guest,
                  granules,
                  shape,
                  seed,
                  messagesAQuestion,
                  this::checkInside));
    }
  }

  @Example
  void everyPageOfTheLargestGuestCanBeCounted() throws IOException {
    withGranules(TrackedGuest.ALL_PFNS, granules -> TrackerLimits.everyPage(create(granules)));
  }

  @Example
  void theOrderOutlastsAMillionMessages() throws IOException {
    withGranules(
        TrackedGuest.PC, granules -> TrackerLimits.manyMessages(create(granules), granules));
  }

  @Example
  void aQuarterOfAMillionRangesAreAsGoodAsOne() throws IOException {
    withGranules(TrackedGuest.PC, granules -> TrackerLimits.manyRanges(create(granules), 4L << 18));
  }

  @Example
  void everyRegionOfManyIsTracked() throws IOException {
    onGuest(
        TrackedGuest.MANY_REGIONS,
        tracker -> {
          for (GuestRange region : TrackedGuest.MANY_REGIONS.ranges()) {
            long first = region.firstPage();
            tracker.send(BalloonChange.inflate(first, first + 3));
            tracker.apply(BalloonChange.inflateDescending(first + 600, region.endPage()));
          }
          for (GuestRange region : TrackedGuest.MANY_REGIONS.ranges()) {
            tracker.send(BalloonChange.deflate(region.endPage() - 1, region.endPage()));
          }
        });
  }

  @Example
  void questionsFromInsideAVisitDisturbNothing() throws IOException {
    withGranules(TrackedGuest.PC, granules -> TrackerVisits.askMeanwhile(create(granules)));
  }

  @Example
  void threadsMayTakeTurns() throws IOException {
    onGuest(
        TrackedGuest.PC,
        tracker -> {
          for (int i = 0; i < 20; i++) {
            long first = 1000L * i;
            onANewThread(() -> tracker.send(BalloonChange.inflate(first, first + 700)));
            tracker.send(BalloonChange.inflateDescending(first + 900, first + 950));
            onANewThread(() -> tracker.send(BalloonChange.deflate(first + 3, first + 400)));
            onANewThread(tracker::check);
          }
          onANewThread(tracker::clear);
        });
  }

  private static void onANewThread(Runnable work) {
    var task = new FutureTask<Boolean>(work, true);
    Thread.ofPlatform().name("aerostat-contract").start(task);
    assertDoesNotThrow(() -> task.get(), "what a tracker does on another thread");
  }

  @Example
  void whatACallCostsDoesNotGrowWithTheRangesThereAre() throws IOException {
    withGranules(
        TrackedGuest.SMALL,
        small ->
            withGranules(
                TrackedGuest.LARGE,
                large -> TrackerCosts.compare(create(small), small, create(large), large)));
  }

  @Example
  void callsThatNeedNoMoreRoomAllocateNothing() throws IOException {
    withGranules(
        TrackedGuest.PC,
        granules -> TrackerMemory.assertGarbage(create(granules), garbageBytesPerCall()));
  }

  @Example
  void memoryDoesNotGrowWithTheMessages() throws IOException {
    withGranules(TrackedGuest.PC, granules -> TrackerMemory.assertNoGrowth(create(granules)));
  }

  @Example
  void aNewTrackerIsEmpty() throws IOException {
    for (TrackedGuest guest : TrackedGuest.ALL) {
      onGuest(guest, CheckedTracker::check);
    }
  }

  @Example
  void aSnapshotStaysAsItWasTaken() throws IOException {
    onGuest(
        TrackedGuest.PC,
        tracker -> {
          tracker.send(BalloonChange.inflate(10, 20));
          BalloonSnapshot snapshot = tracker.subject().snapshot();
          tracker.send(BalloonChange.deflate(12, 5000));
          assertEquals(10, snapshot.pages());
          assertTrue(snapshot.contains(19));
        });
  }

  @Example
  void messagesThatTouchBecomeOneRange() throws IOException {
    onGuest(
        TrackedGuest.PC,
        tracker -> {
          for (int page = 20_000; page > 0; page -= 250) {
            tracker.send(BalloonChange.inflateDescending(page, page + 250));
          }
          assertEquals(1, tracker.subject().ranges());
        });
  }

  @Example
  void rangesMergeAcrossRegionsThatTouch() throws IOException {
    onGuest(
        TrackedGuest.TOUCHING,
        tracker -> {
          long seam = TrackedGuest.SEAM;
          tracker.send(BalloonChange.inflate(seam - 1, seam));
          tracker.send(BalloonChange.inflate(seam, seam + 1));
          assertEquals(1, tracker.subject().ranges());
          tracker.send(BalloonChange.deflate(seam - 1, seam + 1));
        });
  }

  @Example
  void everyOtherPageIsARangeOfItsOwnUntilTheGapsAreFilled() throws IOException {
    onGuest(
        TrackedGuest.SMALL_GRANULES,
        tracker -> {
          for (int page = 0; page < 9000; page += 2) {
            tracker.apply(BalloonChange.inflate(page, page + 1));
            assertEquals(page / 2 + 1, tracker.subject().ranges());
          }
          tracker.check();
          for (int page = 8997; page > 0; page -= 2) {
            tracker.apply(BalloonChange.inflate(page, page + 1));
          }
          tracker.check();
          assertEquals(1, tracker.subject().ranges());
        });
  }

  /** Trees split, and keep sums of what is below, only where ranges are many. */
  @Example
  void hundredsOfRangesInEveryGibibyteAreCountedAndFound() throws IOException {
    onGuest(
        TrackedGuest.PC,
        tracker -> {
          scatter(tracker, 0, TrackedGuest.HOLE);
          scatter(tracker, 4L << 18, 7L << 18);
          tracker.check();
          for (long gib : new long[] {1, 2, 5, 6}) {
            long edge = gib << 18;
            tracker.send(BalloonChange.inflate(edge - 4000, edge + 9000));
            tracker.send(BalloonChange.deflate(edge + 1, edge + 2));
            tracker.send(BalloonChange.inflateDescending(edge - 70_000, edge + 3));
          }
          tracker.send(BalloonChange.deflate(1, TrackedGuest.HOLE));
          tracker.send(BalloonChange.inflate(4L << 18, 7L << 18));
          tracker.clear();
        });
  }

  private static void scatter(CheckedTracker tracker, long first, long end) {
    for (long page = first; page < end - 1; page += 2503) {
      tracker.apply(BalloonChange.inflate(page, page + 1 + page % 7));
    }
  }

  @Example
  void theLastNamedGranuleOfAMessageIsTheMostRecent() throws IOException {
    onGuest(
        TrackedGuest.PC,
        tracker -> {
          BalloonTracker subject = tracker.subject();
          tracker.send(BalloonChange.inflateDescending(512, 2048));
          assertEquals(1, subject.mostRecentGranule());
          tracker.send(BalloonChange.inflate(512, 2048));
          assertEquals(3, subject.mostRecentGranule());
          assertEquals(2, subject.nextOlderGranule(3));
          tracker.send(BalloonChange.deflate(1536, 2047));
          assertEquals(3, subject.mostRecentGranule());
          tracker.send(BalloonChange.deflate(2047, 2048));
          assertEquals(2, subject.mostRecentGranule());
        });
  }

  @Example
  void aGranuleThatWasEmptiedAndFilledAgainUnaskedIsTheMostRecent() throws IOException {
    onGuest(
        TrackedGuest.PC,
        tracker -> {
          tracker.apply(BalloonChange.inflate(0, 1));
          tracker.apply(BalloonChange.inflate(512, 513));
          tracker.apply(BalloonChange.deflate(0, 1));
          tracker.apply(BalloonChange.inflate(0, 1));
          tracker.check();
        });
  }

  @Example
  void inflatingAgainWhatIsBalloonedMakesItsGranuleTheMostRecent() throws IOException {
    onGuest(
        TrackedGuest.PC,
        tracker -> {
          tracker.send(BalloonChange.inflate(0, 1));
          tracker.send(BalloonChange.inflate(512, 513));
          tracker.send(BalloonChange.inflate(0, 1));
          assertEquals(0, tracker.subject().mostRecentGranule());
        });
  }

  @Example
  void aGranuleWithoutBalloonedPagesHasNoPlaceInTheOrder() throws IOException {
    onGuest(
        TrackedGuest.PC,
        tracker -> {
          BalloonTracker subject = tracker.subject();
          tracker.send(BalloonChange.inflate(0, 1));
          assertAll(
              () -> assertThrows(IllegalArgumentException.class, () -> subject.nextOlderGranule(1)),
              () ->
                  assertThrows(
                      IllegalArgumentException.class,
                      () -> subject.nextOlderGranule(tracker.granules().count())),
              () ->
                  assertThrows(
                      IllegalArgumentException.class,
                      () -> subject.nextOlderGranule(BalloonTracker.NONE)));
        });
  }

  @Example
  void whatIsEmptyOrNotAllRamIsRefusedByNameAndChangesNothing() throws IOException {
    onGuest(
        TrackedGuest.PC,
        tracker -> {
          long hole = TrackedGuest.HOLE;
          long end = tracker.granules().memory().endPage();
          tracker.send(BalloonChange.inflate(hole - 10, hole));
          assertRefused(tracker, 7, 7);
          assertRefused(tracker, 8, 7);
          assertRefused(tracker, -1, 1);
          assertRefused(tracker, hole - 1, hole + 1);
          assertRefused(tracker, hole, hole + 1);
          assertRefused(tracker, 0, end);
          assertRefused(tracker, end - 1, end + 1);
          assertRefused(tracker, end, end + 1);
          assertRefused(tracker, Long.MAX_VALUE - 1, Long.MAX_VALUE);
        });
  }

  private static void assertRefused(CheckedTracker tracker, long first, long end) {
    BalloonTracker subject = tracker.subject();
    assertNamesRange(
        first,
        assertThrows(
            IllegalArgumentException.class,
            () -> subject.inflate(first, end, false),
            () -> "inflate of pages [%d, %d)".formatted(first, end)));
    assertNamesRange(
        first,
        assertThrows(
            IllegalArgumentException.class,
            () -> subject.deflate(first, end),
            () -> "deflate of pages [%d, %d)".formatted(first, end)));
    tracker.check();
  }

  private static void assertNamesRange(long first, IllegalArgumentException refusal) {
    assertTrue(
        String.valueOf(refusal.getMessage()).contains("0x%x".formatted(first)),
        () -> "expected page 0x%x to be named in: %s".formatted(first, refusal.getMessage()));
  }

  private void onGuest(TrackedGuest guest, Scenario scenario) throws IOException {
    withGranules(
        guest,
        granules ->
            scenario.play(new CheckedTracker(create(granules), granules, this::checkInside)));
  }

  private static void withGranules(TrackedGuest guest, GuestScenario scenario) throws IOException {
    try (SparseMemory memory = SparseMemory.allocate(guest.ranges())) {
      scenario.play(Granules.of(memory.guestMemory(), guest.granuleBytes()));
    }
  }

  private interface Scenario {
    void play(CheckedTracker tracker);
  }

  private interface GuestScenario {
    void play(Granules granules) throws IOException;
  }
}
