package dev.aerostat.tracker;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.testkit.BalloonTrackerContract;

final class IntervalTreeTrackerProperties extends BalloonTrackerContract {
  @Override
  protected BalloonTracker create(Granules granules) {
    return new IntervalTreeTracker(granules);
  }

  @Override
  protected void checkInside(BalloonTracker tracker) {
    TreeInvariants.check((IntervalTreeTracker) tracker);
  }
}
