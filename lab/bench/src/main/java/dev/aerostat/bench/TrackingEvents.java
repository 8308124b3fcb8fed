package dev.aerostat.bench;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.balloon.virtio.device.IgnoredEvents;

/** A tracker behind a device, and nothing between them. */
final class TrackingEvents implements IgnoredEvents {
  final BalloonTracker tracker;

  TrackingEvents(BalloonTracker tracker) {
    this.tracker = tracker;
  }

  @Override
  public void inflated(long firstPage, long endPage, boolean descending) {
    tracker.inflate(firstPage, endPage, descending);
  }

  @Override
  public void deflated(int token, long firstPage, long endPage) {
    tracker.deflate(firstPage, endPage);
  }
}
