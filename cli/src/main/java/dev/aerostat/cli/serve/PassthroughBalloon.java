package dev.aerostat.cli.serve;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.vhost.user.BalloonHost;
import dev.aerostat.vhost.user.GuestInterrupts;
import dev.aerostat.vhost.user.HostedBalloon;
import dev.aerostat.virtio.VirtioDevice;
import java.io.IOException;

/**
 * The balloon of a guest whose devices are passed through: its engine is there already, by the
 * memory that came with the devices. Of the session's thread.
 */
record PassthroughBalloon(PassthroughGuest guest) implements BalloonHost {
  @Override
  public HostedBalloon host(GuestMemory memory, GuestInterrupts interrupts) throws IOException {
    AsyncDmaMap engine = guest.engineOf(memory);
    guest.interrupts().connect(interrupts);
    return new Hosted(guest, engine);
  }

  /** The engine's own device, lent to a front end. */
  private record Hosted(PassthroughGuest guest, AsyncDmaMap engine) implements HostedBalloon {
    @Override
    public VirtioDevice device() {
      return engine.device();
    }

    @Override
    public void kicked(int queue) {
      engine.notifyQueue(queue);
    }

    @Override
    public void driverStarts() {
      guest.driverUp(engine.device().negotiatedFeatures());
    }

    /**
     * The engine has memory of its own, so the device may go on until its reset has taken effect.
     */
    @Override
    public void close() {
      guest.interrupts().disconnect();
      var _ = engine.device().reset();
    }
  }
}
