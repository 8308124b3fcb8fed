package dev.aerostat.mem.virtio.device;

import dev.aerostat.virtio.GuestMistake;

/**
 * What the device asks of its owner: the VMM's bus on one side, the event thread on the other. Must
 * not block.
 */
public interface MemTransport {
  /**
   * Called by any thread when there is work: the owner then calls {@link MemDevice#process} on the
   * event thread. Called once, and again only after that.
   */
  void wake();

  /**
   * Interrupts the driver: the used ring of its only queue has grown (virtio 1.2, section 2.7.7).
   */
  void interruptQueue();

  /** Interrupts the driver: the config space or the device status has changed (section 2.3). */
  void interruptConfig();

  /**
   * Informs that the driver made a mistake, which is counted and answered. A guest can have this
   * called without end.
   *
   * @param mistake which
   */
  default void mistaken(GuestMistake mistake) {}
}
