package dev.aerostat.vmm.virtio;

import dev.aerostat.virtio.transport.PciInterrupts;
import dev.aerostat.vmm.kvm.KvmInterrupts;

/**
 * How a PCI device of the VMM's own interrupts the guest. Immutable.
 *
 * @param interrupts the machine's
 * @param pin its pin, as a GSI
 */
public record PinAndMessages(KvmInterrupts interrupts, int pin) implements PciInterrupts {
  @Override
  public void level(boolean high) {
    interrupts.setLevel(pin, high);
  }

  @Override
  public void message(long address, int data) {
    interrupts.send(address, data);
  }
}
