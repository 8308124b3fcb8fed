package dev.aerostat.vmm.bus;

import dev.aerostat.virtio.transport.InterruptLine;
import java.util.concurrent.CompletableFuture;

/**
 * Asks the guest to look for what has been plugged into its PCI bus, as ACPI's generic event device
 * does (ACPI 6.5, section 5.6.9): by an interrupt, at which the guest runs a method of the DSDT.
 * That writes to this port, which takes the interrupt back, and has the bus looked through.
 *
 * <p>The interrupt is a level: a guest whose kernel has not come so far hears of it once it has.
 *
 * <p>Safe for use by any thread.
 */
public final class HotPlugPort implements BusDevice {
  /** Where the guest acknowledges, a byte; the DSDT names it. */
  public static final int PORT = 0x604;

  private final InterruptLine line;

  /**
   * Creates the port.
   *
   * @param line its interrupt, low
   */
  public HotPlugPort(InterruptLine line) {
    this.line = line;
  }

  /** KvmInterrupts the guest. To be called after something was plugged. */
  public synchronized void raise() {
    line.level(true);
  }

  @Override
  public long read(long offset, int width) {
    return 0;
  }

  /** What is plugged from now on raises the interrupt again. */
  @Override
  public synchronized CompletableFuture<Void> write(long offset, int width, long value) {
    line.level(false);
    return DONE;
  }
}
