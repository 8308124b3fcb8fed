package dev.aerostat.tracker;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.testkit.BalloonTrackerContract;

/** The contract, and the tree's invariants after every operation, at some limits. */
abstract class TreeContract extends BalloonTrackerContract {
  private final TreeLimits limits;

  TreeContract(TreeLimits limits) {
    this.limits = limits;
  }

  @Override
  protected BalloonTracker create(Granules granules) {
    return new IntervalTreeTracker(granules, limits);
  }

  @Override
  protected void checkInside(BalloonTracker tracker) {
    TreeInvariants.check((IntervalTreeTracker) tracker, limits);
  }
}
