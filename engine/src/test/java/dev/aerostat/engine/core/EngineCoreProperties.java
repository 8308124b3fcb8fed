package dev.aerostat.engine.core;

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
}
