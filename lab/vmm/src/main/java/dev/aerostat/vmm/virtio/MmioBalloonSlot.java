package dev.aerostat.vmm.virtio;

import dev.aerostat.virtio.VirtioDevice;
import dev.aerostat.virtio.transport.InterruptLine;
import dev.aerostat.virtio.transport.VirtioMmio;
import dev.aerostat.vmm.bus.BusDevice;
import java.util.concurrent.CompletableFuture;

/**
 * The balloon device on virtio-mmio: a window of the memory bus, and a pin. A driver does not poll
 * for the end of a reset here, so the write that asks for one takes effect when it has ended.
 */
public final class MmioBalloonSlot implements BalloonSlot, BusDevice {
  private final InterruptLine line;
  private final DriverWatch watch;
  private final CompletableFuture<VirtioDevice> device = new CompletableFuture<>();
  private final CompletableFuture<VirtioMmio> registers = new CompletableFuture<>();

  /**
   * Creates a slot.
   *
   * @param line interrupts the guest, level-triggered
   * @param loaded run when the driver has set the device up for the first time
   */
  public MmioBalloonSlot(InterruptLine line, Runnable loaded) {
    this.line = line;
    this.watch = new DriverWatch(loaded);
  }

  @Override
  public void plug(VirtioDevice balloon) {
    device.complete(balloon);
    registers.complete(new VirtioMmio(balloon, line));
  }

  @Override
  public long read(long offset, int width) {
    return registers.join().read(offset, width);
  }

  @Override
  public CompletableFuture<Void> write(long offset, int width, long value) {
    CompletableFuture<Void> effect = registers.join().write(offset, width, value);
    watch.look(device.join());
    return effect;
  }

  @Override
  public void queue(int queue) {
    registers.join().interruptQueue();
  }

  @Override
  public void config() {
    registers.join().interruptConfig();
  }
}
