package dev.aerostat.vhost.user;

/**
 * Where the device's interrupts go: to the front end, which hands them to the guest. Safe for use
 * by any thread; never blocks, and does nothing once the front end is gone.
 */
public interface GuestInterrupts {
  /**
   * Tells the driver that a queue's used ring has grown.
   *
   * @param queue index of the queue
   */
  void interruptQueue(int queue);

  /** Tells the driver that the config space has changed. */
  void interruptConfig();
}
