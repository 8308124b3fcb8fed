package dev.aerostat.guest.sim.sabotage;

import dev.aerostat.balloon.virtio.BalloonSettings;

/** A driver that would make the same mistakes as the device. */
public final class BorrowsTheCodec {
  static int queueSize() {
    return BalloonSettings.defaults().queueSize();
  }
}
