package dev.aerostat.bench;

import dev.aerostat.api.BalloonTracker;

/** A tracker of ours that is handed the runs: what the tracker alone costs. */
final class FoundRunsSet extends PlainTrackerSet {
  FoundRunsSet(BalloonTracker tracker) {
    super(tracker);
  }

  @Override
  public void inflate(Messages messages) {
    messages.runs().addTo(this);
  }

  @Override
  public void deflate(Messages messages) {
    messages.runs().removeFrom(this);
  }
}
