package dev.aerostat.bench;

import dev.aerostat.api.Granules;
import dev.aerostat.tracker.BitmapTracker;

/** Ours, order of inflation and counts included. */
final class TrackerSet extends RunSet {
  final BitmapTracker tracker;

  TrackerSet(Granules granules) {
    tracker = new BitmapTracker(granules);
  }

  @Override
  void add(long first, long end, boolean descending) {
    tracker.inflate(first, end, descending);
  }

  @Override
  void remove(long first, long end) {
    tracker.deflate(first, end);
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
