package dev.aerostat.engine;

/**
 * How the balloon device interrupts its driver: the VMM's bus does it. Called on the engine's event
 * thread, or one that stands in for it; must not block. Whatever a method throws is logged and
 * otherwise ignored.
 */
public interface DeviceInterrupts {
  /**
   * Interrupts the driver: a queue's used ring has grown.
   *
   * @param queue index of the queue, as the driver numbered it
   */
  void queue(int queue);

  /** Interrupts the driver: the config space or the device status has changed. */
  void config();
}
