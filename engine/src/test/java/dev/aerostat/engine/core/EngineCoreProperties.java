package dev.aerostat.engine.core;

import dev.aerostat.tracker.BitmapTracker;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The rules of the design, over random interleavings of guest, host, operator and clock. */
class EngineCoreProperties {
  @Property(tries = 4000, edgeCases = EdgeCasesMode.NONE)
  void everyRuleHoldsAfterEveryStep(@ForAll long seed, @ForAll @IntRange(max = 400) int steps) {
    RandomWalk.run(seed, steps);
  }

  @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
  void everyRuleHoldsWithTheTrackerThatIsShipped(
      @ForAll long seed, @ForAll @IntRange(max = 400) int steps) {
    var shipped = Sabotage.ofTracker(it -> new BitmapTracker(((BitSetTracker) it).granules()));
    RandomWalk.run(seed, steps, it -> it, shipped);
  }
}
