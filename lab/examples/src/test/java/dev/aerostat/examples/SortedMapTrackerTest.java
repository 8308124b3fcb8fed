package dev.aerostat.examples;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.testkit.BalloonTrackerContract;

final class SortedMapTrackerTest extends BalloonTrackerContract {
  // tag::tracker[]
  @Override
  protected BalloonTracker create(Granules granules) {
    return new SortedMapTracker(granules);
  }

  // end::tracker[]

  @Override
  protected long garbageBytesPerCall() {
    return 1024;
  }
}
