package dev.aerostat.tracker;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.testkit.BalloonTrackerContract;

final class BitmapTrackerProperties extends BalloonTrackerContract {
  @Override
  protected BalloonTracker create(Granules granules) {
    return new BitmapTracker(granules);
  }

  @Override
  protected void checkInside(BalloonTracker tracker) {
    BitmapInvariants.check((BitmapTracker) tracker);
  }
}
