package dev.aerostat.vhost.user;

/**
 * Where the device's interrupts go: to the front end, which hands them to the guest. Safe for use
 * by any thread; never blocks, and does nothing once the front end is gone.
 */
public interface GuestInterrupts {
  /**
   * Interrupts the driver: a queue's used ring has grown.
   *
   * @param queue index of the queue
   */
  void interruptQueue(int queue);

  /** Interrupts the driver: the config space has changed. */
  void interruptConfig();
}
