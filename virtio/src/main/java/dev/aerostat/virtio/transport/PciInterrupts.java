package dev.aerostat.virtio.transport;

/** How a PCI device interrupts the guest: by its pin until the driver enables MSI-X. */
public interface PciInterrupts extends InterruptLine {
  /**
   * Called when the device sends a message (MSI-X). Called by any thread, without a lock, perhaps
   * by several at once. Must not block.
   *
   * @param address where the guest wants it written; any number
   * @param data what the guest wants written there
   */
  void message(long address, int data);
}
