package dev.aerostat.api;

/**
 * What keeps the device from doing DMA until every guest-owned page is mapped: bus-master enable
 * held back, or the device not yet plugged. The VMM implements it.
 *
 * <p>Both methods are called on the engine's event thread, or one that stands in for it, and must
 * not block; the VMM runs {@code done}, from any thread, once the change has taken effect. It does
 * so once a change; a second time is ignored. The gate is closed when the engine starts. The engine
 * never asks for a change before the one before is done.
 *
 * <p>A method that throws has ended its change, with DMA possible as far as the engine knows: the
 * engine fails, and closes the gate.
 */
public interface Gate {
  /**
   * Returns the gate of a guest without a device that could do DMA. Not for a guest with one:
   * nothing would keep its device from memory that is not mapped.
   *
   * @return a gate that opens and closes at once, for use by any thread
   */
  static Gate ofNoDevice() {
    return NoDeviceGate.INSTANCE;
  }

  /**
   * Allows the device to do DMA.
   *
   * @param done to be run once the device may
   */
  void open(Runnable done);

  /**
   * Stops the device from doing DMA.
   *
   * @param done to be run once no DMA is in flight and none can start
   */
  void close(Runnable done);
}
