package dev.aerostat.guest.sim;

/**
 * The device did what the specification forbids, so that the driver cannot go on. A real driver
 * would break the queue; a simulation wants to stop and hear why.
 */
public final class DeviceMisbehavedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DeviceMisbehavedException(String message) {
    super(message);
  }
}
