package dev.aerostat.engine.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.Pages;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.testkit.ForwardingTracker;
import dev.aerostat.tracker.BitmapTracker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PreGateOrderTest {
  private static final long GIB = 1L << 30;
  private static final int PAGES = 16;

  @Test
  void eachZoneIsMappedFromTheTopDownTheOneBelowFourGibibytesFirst() throws IOException {
    var ranges = List.of(new GuestRange(0, 2 * GIB), new GuestRange(4 * GIB, 7 * GIB));
    try (SparseMemory memory = SparseMemory.allocate(ranges)) {
      var granules = Granules.of(memory.guestMemory(), GIB);
      var order = new PreGateOrder(granules, new BitmapTracker(granules));
      assertEquals(List.of(1, 0, 4, 3, 2), allOf(order));
    }
  }

  @Test
  void everyGranuleComesOnceAndAgainAfterStartingOver() {
    for (var memory : List.of(Setup.memory(3, 61, 64, 70), Setup.memory(1 << 20, (1 << 20) + 40))) {
      var granules = Granules.of(memory, 1 << 14);
      var order = new PreGateOrder(granules, new BitSetTracker(granules));
      List<Integer> all = IntStream.range(0, granules.count()).boxed().toList();
      assertEquals(all, allOf(order).stream().sorted().toList());
      assertEquals(List.of(), allOf(order));
      order.startOver();
      assertEquals(all, allOf(order).stream().sorted().toList());
    }
  }

  @Test
  void whatTheGuestHasPassedOverComesFirst() {
    var granules = Granules.of(Setup.memory(0, 64 * PAGES), Pages.toBytes(PAGES));
    var tracker = new BitSetTracker(granules);
    var order = new PreGateOrder(granules, tracker);
    assertEquals(63, order.next(granule -> true), "nothing is known of the guest yet");

    // Four granules, a sixteenth, were inflated lately: what lies before all of them was passed.
    for (int granule : new int[] {0, 1, 2, 5, 7, 8, 9, 10}) {
      tracker.inflate(granules.firstPage(granule), granules.endPage(granule), true);
      order.inflated(granule);
    }
    IntPredicate wanted = granule -> !tracker.contains(granules.firstPage(granule));
    assertEquals(List.of(3, 4, 6, 63, 62), next(5, order, wanted));
  }

  @Test
  void aFewPagesTakenHereAndThereTellNothing() {
    var granules = Granules.of(Setup.memory(0, 64 * PAGES), Pages.toBytes(PAGES));
    var tracker = new BitSetTracker(granules);
    for (int granule : new int[] {60, 40, 50}) {
      tracker.inflate(granules.firstPage(granule), granules.firstPage(granule) + 1, true);
    }
    assertEquals(
        List.of(63, 62, 61), next(3, new PreGateOrder(granules, tracker), granule -> true));
  }

  @Test
  void theOrderOfInflationIsReadAgainOnlyOnceItChanged() {
    var granules = Granules.of(Setup.memory(0, 64 * PAGES), Pages.toBytes(PAGES));
    var tracker = new CountingTracker(new BitSetTracker(granules));
    var order = new PreGateOrder(granules, tracker);
    for (int granule = 0; granule < 32; granule++) {
      inflate(granule, tracker, order);
    }
    assertEquals(0, order.next(granule -> true));
    long reads = tracker.reads;
    assertTrue(reads > 0);

    inflate(31, tracker, order);
    assertEquals(0, order.next(granule -> true));
    assertEquals(reads, tracker.reads, "31 was the most recent one already");

    inflate(32, tracker, order);
    assertEquals(0, order.next(granule -> true));
    assertEquals(2 * reads, tracker.reads);
  }

  private static void inflate(int granule, BalloonTracker tracker, PreGateOrder order) {
    long page = tracker.granules().firstPage(granule);
    long _ = tracker.inflate(page, page + 1, true);
    order.inflated(granule);
  }

  /** Counts what is read of the order of inflation. */
  private static final class CountingTracker extends ForwardingTracker {
    long reads;

    CountingTracker(BalloonTracker delegate) {
      super(delegate);
    }

    @Override
    public int mostRecentGranule() {
      reads++;
      return super.mostRecentGranule();
    }

    @Override
    public int nextOlderGranule(int granule) {
      reads++;
      return super.nextOlderGranule(granule);
    }
  }

  private static List<Integer> allOf(PreGateOrder order) {
    return next(Integer.MAX_VALUE, order, granule -> true);
  }

  /** Takes granules as the engine does: one that was given is not wanted any more. */
  private static List<Integer> next(int most, PreGateOrder order, IntPredicate wanted) {
    var given = new ArrayList<Integer>();
    while (given.size() < most) {
      int granule = order.next(it -> wanted.test(it) && !given.contains(it));
      if (granule == BalloonTracker.NONE) {
        break;
      }
      given.add(granule);
    }
    return given;
  }
}
