package dev.aerostat.cli;

import dev.aerostat.balloon.virtio.BalloonDevice;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.vhost.user.HostedBalloon;

/** The engine's device, for a vhost-user server. */
record ServedBalloon(AsyncDmaMap engine) implements HostedBalloon {
  @Override
  public BalloonDevice device() {
    return engine.device();
  }

  @Override
  public void close() {
    engine.close();
  }
}
