package dev.aerostat.bench;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.balloon.virtio.BalloonEvents;

/** A tracker behind a device, and nothing between them. */
final class TrackingEvents implements BalloonEvents {
  final BalloonTracker tracker;

  TrackingEvents(BalloonTracker tracker) {
    this.tracker = tracker;
  }

  @Override
  public void driverReady() {}

  @Override
  public void inflated(long firstPage, long endPage, boolean descending) {
    tracker.inflate(firstPage, endPage, descending);
  }

  @Override
  public void inflateMessageEnd(long pages) {}

  @Override
  public boolean acceptsDeflate() {
    return true;
  }

  @Override
  public void deflateBegin(int token) {}

  @Override
  public void deflated(int token, long firstPage, long endPage) {
    tracker.deflate(firstPage, endPage);
  }

  @Override
  public void deflateEnd(int token, long pages) {}

  @Override
  public void resetRequested() {}

  @Override
  public void stopRequested() {}

  @Override
  public void stopEnded() {}
}
