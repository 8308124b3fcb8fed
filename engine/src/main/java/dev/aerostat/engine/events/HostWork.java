package dev.aerostat.engine.events;

import dev.aerostat.api.HostRefusedException;

/** What a call to the host does. */
@FunctionalInterface
public interface HostWork {
  /**
   * Calls the host.
   *
   * @throws HostRefusedException if the host refused
   */
  void run() throws HostRefusedException;
}
