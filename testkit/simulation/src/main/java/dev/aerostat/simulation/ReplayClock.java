package dev.aerostat.simulation;

import dev.aerostat.guest.sim.GuestClock;

/** The time of a recorded guest: what it did at a moment it does again then, or later. */
public interface ReplayClock extends GuestClock {
  /**
   * Returns the time.
   *
   * @return nanoseconds since the VMM's start, 0 or more
   */
  long now();
}
