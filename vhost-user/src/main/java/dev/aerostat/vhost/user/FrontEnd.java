package dev.aerostat.vhost.user;

/**
 * The front end as the device sees it: where its interrupts go. Safe for use by any thread; never
 * blocks, and does nothing once the front end is gone.
 */
public interface FrontEnd {
  /**
   * Tells the driver that a queue's used ring has grown.
   *
   * @param queue index of the queue
   */
  void interruptQueue(int queue);

  /** Tells the driver that the config space has changed. */
  void interruptConfig();
}
