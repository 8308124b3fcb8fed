package dev.aerostat.simulation;

import dev.aerostat.api.Pages;
import dev.aerostat.balloon.virtio.device.BalloonEvents;

/** Reports what the guest said, before the state machine hears of it. */
final class WatchedEvents extends ForwardingEvents {
  private final Watcher watcher;

  /** Told of events at the present moment, otherwise as {@link BootWatcher#happened}. */
  interface Watcher {
    void happened(BootEvent event, long where, long bytes, long amount);
  }

  WatchedEvents(BalloonEvents next, Watcher watcher) {
    super(next);
    this.watcher = watcher;
  }

  private void run(BootEvent event, long firstPage, long endPage) {
    long pages = endPage - firstPage;
    watcher.happened(event, Pages.toBytes(firstPage), Pages.toBytes(pages), pages);
  }

  @Override
  public void driverReady() {
    watcher.happened(BootEvent.DRIVER_READY, 0, 0, 0);
    super.driverReady();
  }

  @Override
  public void inflated(long firstPage, long endPage, boolean descending) {
    run(BootEvent.INFLATE, firstPage, endPage);
    super.inflated(firstPage, endPage, descending);
  }

  @Override
  public void inflateMessageEnd(long pages) {
    watcher.happened(BootEvent.INFLATE_END, 0, 0, pages);
    super.inflateMessageEnd(pages);
  }

  @Override
  public void deflated(int token, long firstPage, long endPage) {
    run(BootEvent.DEFLATE, firstPage, endPage);
    super.deflated(token, firstPage, endPage);
  }

  @Override
  public void deflateEnd(int token, long pages) {
    watcher.happened(BootEvent.DEFLATE_END, token, 0, pages);
    super.deflateEnd(token, pages);
  }

  @Override
  public void resetRequested() {
    watcher.happened(BootEvent.RESET, 0, 0, 0);
    super.resetRequested();
  }
}
