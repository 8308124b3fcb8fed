package dev.aerostat.vhost.user;

import dev.aerostat.api.GuestMemory;
import java.io.IOException;

/** Builds a device, and what drives it, for the memory of a guest that a front end shares. */
@FunctionalInterface
public interface BalloonHost {
  /** Called when a front end has connected. Called on the session's thread. */
  default void connected() {}

  /**
   * Builds a device. Called on the session's thread, once for each memory; the one before is closed
   * then.
   *
   * @param memory the guest's RAM, valid until the device is closed
   * @param interrupts where those of the device go
   * @return the device, with the settings that the server was given
   * @throws IOException if there can be none: the front end's request is refused
   */
  HostedBalloon host(GuestMemory memory, GuestInterrupts interrupts) throws IOException;
}
