package dev.aerostat.balloon.virtio.device;

import dev.aerostat.virtio.GuestMistake;

/**
 * What the device asks of the bus that it sits on: PCI, MMIO or vhost-user.
 *
 * <p>No method may block. {@link #wake} and {@link #mistaken} are called by any thread, the
 * interrupts by the event thread only.
 */
public interface BalloonTransport {
  /**
   * Asks the event thread to call {@link BalloonDevice#process} soon. Called at most once until it
   * does.
   */
  void wake();

  /**
   * Interrupts the driver: a queue's used ring has grown (virtio 1.2, section 2.7.7).
   *
   * @param queue index of the queue, as the driver numbered it
   */
  void interruptQueue(int queue);

  /** Interrupts the driver: the config space or the device status has changed (section 2.3). */
  void interruptConfig();

  /**
   * Informs that the driver made a mistake, which is counted and skipped. A guest can have this
   * called without end.
   *
   * @param mistake which
   */
  default void mistaken(GuestMistake mistake) {}
}
