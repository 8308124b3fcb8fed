package dev.aerostat.vhost.user.sabotage;

import dev.aerostat.balloon.virtio.device.BalloonDevice;

/** A transport that would do what is for the engine to do. */
public final class DrivesTheDevice {
  static void acknowledgeUnmapped(BalloonDevice device) {
    device.acknowledgeAll();
  }
}
