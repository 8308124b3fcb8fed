package dev.aerostat.bench;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.PfnRuns;

/** Ours, order of inflation and counts included; runs are found by our own {@link PfnRuns}. */
final class TrackerSet extends PlainTrackerSet {
  private final PfnRuns runs = new PfnRuns(Messages.FULL);

  TrackerSet(BalloonTracker tracker) {
    super(tracker);
  }

  @Override
  public void inflate(int[] pfns, int from, int to) {
    int count = runs.find(pfns, from, to);
    for (int run = 0; run < count; run++) {
      add(runs.firstPage(run), runs.endPage(run), runs.isDescending(run));
    }
  }

  @Override
  public void deflate(int[] pfns, int from, int to) {
    int count = runs.find(pfns, from, to);
    for (int run = 0; run < count; run++) {
      remove(runs.firstPage(run), runs.endPage(run));
    }
  }
}
