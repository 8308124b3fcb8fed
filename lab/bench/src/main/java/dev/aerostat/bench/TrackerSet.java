package dev.aerostat.bench;

import dev.aerostat.api.Granules;
import dev.aerostat.api.PfnRuns;
import dev.aerostat.tracker.BitmapTracker;

/** Ours, order of inflation and counts included; runs are found as the device finds them. */
final class TrackerSet implements PageSet {
  private final BitmapTracker tracker;
  private final PfnRuns runs = new PfnRuns(Messages.FULL);

  TrackerSet(Granules granules) {
    tracker = new BitmapTracker(granules);
  }

  @Override
  public void inflate(int[] pfns, int from, int to) {
    int count = runs.find(pfns, from, to);
    for (int run = 0; run < count; run++) {
      tracker.inflate(runs.firstPage(run), runs.endPage(run), runs.isDescending(run));
    }
  }

  @Override
  public void deflate(int[] pfns, int from, int to) {
    int count = runs.find(pfns, from, to);
    for (int run = 0; run < count; run++) {
      tracker.deflate(runs.firstPage(run), runs.endPage(run));
    }
  }

  @Override
  public void fill(long first, long end) {
    tracker.inflate(first, end, false);
  }

  @Override
  public void clear() {
    tracker.clear();
  }

  @Override
  public long endOfRun(long page) {
    return tracker.nextNotBallooned(page);
  }

  @Override
  public long pagesIn(long first, long end) {
    return tracker.pagesIn(first, end);
  }
}
