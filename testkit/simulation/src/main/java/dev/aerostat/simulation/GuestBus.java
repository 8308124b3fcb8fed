package dev.aerostat.simulation;

import dev.aerostat.guest.sim.BalloonFeatures;
import dev.aerostat.observer.Observer;
import dev.aerostat.virtio.VirtioDevice;

/** Joins a balloon driver to its device. */
final class GuestBus extends DeviceBus {
  private static final int INFLATE = 0;
  private static final int DEFLATE = 1;
  private static final int PAGES_PER_HUGE_PFN = 512;

  GuestBus(VirtioDevice device, Observer observer) {
    super(device, observer);
  }

  @Override
  void watch() {
    int pagesPerPfn = hasFeature(BalloonFeatures.HUGE_PAGES_BIT) ? PAGES_PER_HUGE_PFN : 1;
    observer.watchQueues(placement(INFLATE, pagesPerPfn), placement(DEFLATE, pagesPerPfn));
  }
}
