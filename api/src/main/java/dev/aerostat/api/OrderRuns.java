package dev.aerostat.api;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An order of inflation as runs of granules that follow one another, up or down, the newest first.
 * Immutable once made.
 */
final class OrderRuns {
  /** The newest and the oldest granule of each run, in turn. */
  private int[] ends = new int[16];

  private int count;

  private OrderRuns() {}

  static OrderRuns of(BalloonTracker tracker) {
    var runs = new OrderRuns();
    int granule = tracker.mostRecentGranule();
    while (granule != BalloonTracker.NONE) {
      runs.add(granule);
      granule = tracker.nextOlderGranule(granule);
    }
    runs.ends = Arrays.copyOf(runs.ends, 2 * runs.count);
    return runs;
  }

  int count() {
    return count;
  }

  int newest(int run) {
    return ends[2 * run];
  }

  int oldest(int run) {
    return ends[2 * run + 1];
  }

  private void add(int granule) {
    if (count > 0 && continues(granule)) {
      ends[2 * count - 1] = granule;
      return;
    }
    if (2 * count == ends.length) {
      ends = Arrays.copyOf(ends, 2 * ends.length);
    }
    ends[2 * count] = granule;
    ends[2 * count + 1] = granule;
    count++;
  }

  /** Returns whether a granule goes on where the last run ends, in its direction. */
  private boolean continues(int granule) {
    int step = granule - oldest(count - 1);
    int direction = Integer.signum(oldest(count - 1) - newest(count - 1));
    return direction == 0 ? Math.abs(step) == 1 : step == direction;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OrderRuns that && Arrays.equals(ends, that.ends);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ends);
  }
}
