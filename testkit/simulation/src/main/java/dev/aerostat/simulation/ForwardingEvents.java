package dev.aerostat.simulation;

import dev.aerostat.balloon.virtio.BalloonStatistics;
import dev.aerostat.balloon.virtio.device.BalloonEvents;

/** Passes on to the state machine what the device read: what stands between the two starts here. */
abstract class ForwardingEvents implements BalloonEvents {
  private final BalloonEvents next;

  ForwardingEvents(BalloonEvents next) {
    this.next = next;
  }

  @Override
  public void driverReady() {
    next.driverReady();
  }

  @Override
  public void inflated(long firstPage, long endPage, boolean descending) {
    next.inflated(firstPage, endPage, descending);
  }

  @Override
  public void inflateMessageEnd(long pages) {
    next.inflateMessageEnd(pages);
  }

  @Override
  public boolean acceptsDeflate() {
    return next.acceptsDeflate();
  }

  @Override
  public void deflateBegin(int token) {
    next.deflateBegin(token);
  }

  @Override
  public void deflated(int token, long firstPage, long endPage) {
    next.deflated(token, firstPage, endPage);
  }

  @Override
  public void deflateEnd(int token, long pages) {
    next.deflateEnd(token, pages);
  }

  @Override
  public void resetRequested() {
    next.resetRequested();
  }

  @Override
  public void stopRequested() {
    next.stopRequested();
  }

  @Override
  public void stopEnded() {
    next.stopEnded();
  }

  @Override
  public void statistics(BalloonStatistics statistics) {
    next.statistics(statistics);
  }

  @Override
  public void freePagesHinted(long firstPage, long endPage) {
    next.freePagesHinted(firstPage, endPage);
  }

  @Override
  public void freePageHintEnd() {
    next.freePageHintEnd();
  }
}
