package dev.aerostat.bench;

import dev.aerostat.api.BalloonTracker;

/**
 * A tracker of ours behind the loop that all others have: what the tracker alone makes of the
 * ratio.
 */
class PlainTrackerSet extends RunSet {
  private final BalloonTracker tracker;

  PlainTrackerSet(BalloonTracker tracker) {
    this.tracker = tracker;
  }

  @Override
  final void add(long first, long end, boolean descending) {
    tracker.inflate(first, end, descending);
  }

  @Override
  final void remove(long first, long end) {
    tracker.deflate(first, end);
  }

  @Override
  public final void clear() {
    tracker.clear();
  }

  @Override
  public final long endOfRun(long page) {
    return tracker.nextNotBallooned(page);
  }

  @Override
  public final long pagesIn(long first, long end) {
    return tracker.pagesIn(first, end);
  }
}
