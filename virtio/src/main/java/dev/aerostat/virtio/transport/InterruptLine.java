package dev.aerostat.virtio.transport;

/**
 * A level-triggered interrupt, as the VMM's interrupt controller has it.
 *
 * <p>Called by any thread, a vCPU's among them, without a lock, one call at a time and in order.
 * Must not block. What it throws goes to whoever caused the change, and the change is told again
 * with the next one.
 */
@FunctionalInterface
public interface InterruptLine {
  /**
   * Called when the level has changed. It is low at first.
   *
   * @param high whether the device asks for an interrupt
   */
  void level(boolean high);
}
