package dev.aerostat.vmm.virtio;

import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.virtio.VirtioDevice;

/**
 * A place on the guest's buses for the balloon device. It comes first, as the engine must know how
 * its device interrupts; the device comes when the engine is built, before the guest runs.
 */
public sealed interface BalloonSlot extends DeviceInterrupts permits MmioBalloonSlot, PciSlot {
  /**
   * Puts the device on the bus. To be called once.
   *
   * @param device the engine's
   */
  void plug(VirtioDevice device);
}
