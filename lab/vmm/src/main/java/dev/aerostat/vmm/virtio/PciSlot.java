package dev.aerostat.vmm.virtio;

import dev.aerostat.virtio.VirtioDevice;
import dev.aerostat.virtio.transport.PciInterrupts;
import dev.aerostat.virtio.transport.VirtioPci;
import dev.aerostat.vmm.bus.Bus;
import dev.aerostat.vmm.bus.BusDevice;
import dev.aerostat.vmm.bus.BusWindow;
import dev.aerostat.vmm.bus.PciFunction;
import java.util.concurrent.CompletableFuture;

/**
 * The balloon device on virtio-pci: a function of the PCI bus, and a window of the memory bus where
 * the guest puts its BAR. Its driver polls for the end of a reset: no write waits.
 */
public final class PciSlot implements BalloonSlot, PciFunction, BusDevice {
  private final PciInterrupts interrupts;
  private final DriverWatch watch;
  private final BusWindow bar;
  private final CompletableFuture<VirtioDevice> device = new CompletableFuture<>();
  private final CompletableFuture<VirtioPci> registers = new CompletableFuture<>();

  /**
   * Creates a slot.
   *
   * @param memory where the BAR goes
   * @param interrupts interrupts the guest
   * @param loaded run when the driver has set the device up for the first time
   */
  public PciSlot(Bus memory, PciInterrupts interrupts, Runnable loaded) {
    this.interrupts = interrupts;
    this.watch = new DriverWatch(loaded);
    this.bar = memory.add(BusWindow.HIDDEN, VirtioPci.BAR_BYTES, this);
  }

  @Override
  public void plug(VirtioDevice balloon) {
    device.complete(balloon);
    registers.complete(new VirtioPci(balloon, VirtioDevice.PCI_CLASS_OTHERS, interrupts));
  }

  @Override
  public long readConfig(int register, int width) {
    return registers.join().readConfig(register, width);
  }

  /** Any write may move the BAR; one through the window of the configuration space rings, too. */
  @Override
  public synchronized CompletableFuture<Void> writeConfig(int register, int width, long value) {
    VirtioPci pci = registers.join();
    pci.writeConfig(register, width, value);
    bar.moveTo(pci.barAddress().orElse(BusWindow.HIDDEN));
    watch.look(device.join());
    return DONE;
  }

  @Override
  public long read(long offset, int width) {
    return registers.join().read(offset, width);
  }

  @Override
  public CompletableFuture<Void> write(long offset, int width, long value) {
    registers.join().write(offset, width, value);
    watch.look(device.join());
    return DONE;
  }

  @Override
  public void queue(int queue) {
    registers.join().interruptQueue(queue);
  }

  @Override
  public void config() {
    registers.join().interruptConfig();
  }
}
