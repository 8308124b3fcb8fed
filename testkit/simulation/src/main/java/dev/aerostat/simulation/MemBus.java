package dev.aerostat.simulation;

import dev.aerostat.observer.Observer;
import dev.aerostat.virtio.VirtioDevice;

/** Joins a virtio-mem driver to its device. */
final class MemBus extends DeviceBus {
  private static final int REQUESTS = 0;

  MemBus(VirtioDevice device, Observer observer) {
    super(device, observer);
  }

  @Override
  void watch() {
    observer.watchPlugs(placement(REQUESTS, 1));
  }
}
