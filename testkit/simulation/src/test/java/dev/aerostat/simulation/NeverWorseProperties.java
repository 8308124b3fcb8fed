package dev.aerostat.simulation;

import static dev.aerostat.simulation.Scenarios.GIB;
import static dev.aerostat.simulation.Scenarios.boot;
import static dev.aerostat.simulation.Scenarios.dmaReady;
import static dev.aerostat.simulation.Scenarios.run;
import static dev.aerostat.simulation.Scenarios.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.guest.sim.Flood;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.AssertionFailedError;

/** Rule 5: whatever the guest does, the gate opens no later than it would with sync. */
class NeverWorseProperties {
  @Property(tries = 40, shrinking = ShrinkingMode.OFF)
  void asyncIsNeverLaterThanSyncByMoreThanTwoPercent(
      @ForAll @From("sizes") long memoryBytes,
      @ForAll @From("balloonPages") long balloonPage,
      @ForAll @From("guestsWithAnEnd") GuestBehaviour guest,
      @ForAll @From("threads") int threads,
      @ForAll @LongRange(min = 0) long seed) {
    long sync =
        dmaReady(
            run(
                with(
                    boot(memoryBytes, balloonPage, Variant.SYNC),
                    GuestBehaviour.NONE,
                    threads,
                    seed)));
    BootReport async =
        run(with(boot(memoryBytes, balloonPage, Variant.ASYNC), guest, threads, seed));

    assertEquals(0, async.violations(), async.firstViolation());
    assertTrue(
        100 * dmaReady(async) <= 102 * sync, () -> "sync %d ns, async %s".formatted(sync, async));
  }

  @Property(tries = 20, shrinking = ShrinkingMode.OFF)
  void aGuestThatFloodsItsDeviceDelaysNobody(
      @ForAll Flood flood,
      @ForAll @From("smallSizes") long memoryBytes,
      @ForAll @From("threads") int threads,
      @ForAll @LongRange(min = 0) long seed) {
    new FloodedBoot(flood, memoryBytes, threads, seed).assertDelaysNobody(EventThread::new);
  }

  @ParameterizedTest
  @CsvSource({"INFLATES,64,1", "INFLATES,384,8", "RESETS,384,8"})
  void aLargeGuestThatFloodsItsDeviceDelaysNobody(Flood flood, int gib, int threads) {
    new FloodedBoot(flood, gib * GIB, threads, 1).assertDelaysNobody(EventThread::new);
  }

  @ParameterizedTest
  @CsvSource({"INFLATES,1", "INFLATES,8", "CHURN,1", "CHURN,8"})
  void aTurnThatLooksAtNothingElseIsFound(Flood flood, int threads) {
    assertFound(new FloodedBoot(flood, GIB, threads, 1), LooksAtNothingElse::new);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8})
  void wishesThatQueueUpAreFound(int threads) {
    assertFound(new FloodedBoot(Flood.BUS_MASTERING, GIB, threads, 1), QueuesWishes::new);
  }

  private static void assertFound(FloodedBoot boot, Function<VirtualClock, EventThread> weakened) {
    boot.assertDelaysNobody(EventThread::new);
    var found = assertThrows(AssertionFailedError.class, () -> boot.assertDelaysNobody(weakened));
    assertTrue(String.valueOf(found.getMessage()).contains("mapped beside"), found::toString);
  }

  /** Reads all 16,384 PFNs of a turn, as it once did. */
  private static final class LooksAtNothingElse extends EventThread {
    LooksAtNothingElse(VirtualClock clock) {
      super(clock);
    }

    @Override
    boolean othersWait() {
      return false;
    }
  }

  /** Makes an event of each wish, as it once did. */
  private static final class QueuesWishes extends EventThread {
    QueuesWishes(VirtualClock clock) {
      super(clock);
    }

    @Override
    void wishDma() {
      post(this::grantWish);
    }
  }

  /**
   * A boot beside a quiet guest's, and beside the same flood with sync. The guest floods during the
   * last half second of mapping, in small memory all the time: to simulate more takes minutes.
   */
  private record FloodedBoot(Flood flood, long memoryBytes, int threads, long seed) {
    private static final long FLOOD_NANOS = 500_000_000;

    void assertDelaysNobody(Function<VirtualClock, EventThread> thread) {
      BootReport quiet = run(Variant.ASYNC, GuestBehaviour.NONE, 0, EventThread::new);
      long from = Math.max(0, mapped(quiet) - FLOOD_NANOS);
      GuestBehaviour guest = GuestBehaviour.flooding(flood);
      BootReport sync = run(Variant.SYNC, guest, from, EventThread::new);
      BootReport flooded = run(Variant.ASYNC, guest, from, thread);

      assertEquals(0, sync.violations(), sync.firstViolation());
      assertEquals(0, flooded.violations(), flooded.firstViolation());
      assertTrue(
          10 * (mapped(flooded) - from) <= 13 * (mapped(quiet) - from),
          () ->
              "mapped beside a quiet guest after %d ns, flooded from %d ns on: %s"
                  .formatted(mapped(quiet), from, flooded));
      assertTrue(
          100 * ready(flooded) <= 102 * ready(sync),
          () -> "sync %d ns, %s".formatted(ready(sync), flooded));
    }

    private BootReport run(
        Variant variant,
        GuestBehaviour guest,
        long driverAfterNanos,
        Function<VirtualClock, EventThread> thread) {
      return Scenarios.run(
          Scenarios.flooded(memoryBytes, variant, guest, threads, driverAfterNanos, seed), thread);
    }

    private static long mapped(BootReport report) {
      return report.timeline().fullyMappedNanos().orElse(Long.MAX_VALUE / 100);
    }

    private static long ready(BootReport report) {
      return report.timeline().dmaReadyNanos().orElse(Long.MAX_VALUE / 200);
    }
  }

  @Provide
  Arbitrary<GuestBehaviour> guestsWithAnEnd() {
    return Arbitraries.of(GuestBehaviour.class).filter(guest -> guest.flood().isEmpty());
  }

  /** Sizes that are mapped in less than a second, and so flooded no longer. */
  @Provide
  Arbitrary<Long> smallSizes() {
    return Arbitraries.of(GIB / 4, GIB / 2, GIB, 2 * GIB, 3 * GIB);
  }

  /** Sizes from 1 GiB to 384 GiB, small ones more often. */
  @Provide
  Arbitrary<Long> sizes() {
    return Arbitraries.of(1L, 2L, 3L, 5L, 8L, 16L, 40L, 100L, 384L).map(gib -> gib * GIB);
  }

  @Provide
  Arbitrary<Long> balloonPages() {
    return Arbitraries.of(Scenarios.SMALL, Scenarios.HUGE);
  }

  @Provide
  Arbitrary<Integer> threads() {
    return Arbitraries.of(1, 2, 8);
  }
}
