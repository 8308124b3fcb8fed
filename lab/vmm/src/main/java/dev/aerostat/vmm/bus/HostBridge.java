package dev.aerostat.vmm.bus;

import java.util.concurrent.CompletableFuture;

/**
 * Device 0 of the PCI bus: by its class a guest knows that there is a bus. It has nothing to
 * configure.
 */
final class HostBridge implements PciFunction {
  /** Intel's 82441FX, which every guest knows. */
  private static final int VENDOR_AND_DEVICE = 0x1237_8086;

  /** Base class 6, a bridge; subclass 0, to the host. */
  private static final int CLASS_AND_REVISION = 0x0600_0000;

  @Override
  public long readConfig(int register, int width) {
    int doubleWord =
        switch (register & ~3) {
          case 0x00 -> VENDOR_AND_DEVICE;
          case 0x08 -> CLASS_AND_REVISION;
          default -> 0;
        };
    return Integer.toUnsignedLong(doubleWord) >>> (Byte.SIZE * (register & 3));
  }

  @Override
  public CompletableFuture<Void> writeConfig(int register, int width, long value) {
    return BusDevice.DONE;
  }
}
