package dev.aerostat.simulation;

import static dev.aerostat.simulation.Scenarios.GIB;
import static dev.aerostat.simulation.Scenarios.boot;
import static dev.aerostat.simulation.Scenarios.dmaReady;
import static dev.aerostat.simulation.Scenarios.run;
import static dev.aerostat.simulation.Scenarios.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.LongRange;

/** Rule 5: whatever the guest does, the gate opens no later than it would with sync. */
class NeverWorseProperties {
  @Property(tries = 40, shrinking = ShrinkingMode.OFF)
  void asyncIsNeverLaterThanSyncByMoreThanTwoPercent(
      @ForAll @From("sizes") long memoryBytes,
      @ForAll @From("balloonPages") long balloonPage,
      @ForAll GuestBehaviour guest,
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
