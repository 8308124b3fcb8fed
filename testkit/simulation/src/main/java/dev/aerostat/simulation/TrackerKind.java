package dev.aerostat.simulation;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.tracker.BitmapTracker;
import dev.aerostat.tracker.IntervalTreeTracker;

/** What keeps the balloon's pages. What comes of a boot is the same with each. */
public enum TrackerKind {
  /** {@link IntervalTreeTracker}, as the engine has by default. */
  INTERVAL_TREE,

  /** {@link BitmapTracker}, for guests known to be fragmented. */
  BITMAP;

  BalloonTracker create(Granules granules) {
    return switch (this) {
      case INTERVAL_TREE -> new IntervalTreeTracker(granules);
      case BITMAP -> new BitmapTracker(granules);
    };
  }
}
