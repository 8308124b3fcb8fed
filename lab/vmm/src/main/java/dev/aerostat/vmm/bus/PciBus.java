package dev.aerostat.vmm.bus;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * PCI bus 0, configured by mechanism 1 (PCI Local Bus Specification 3.0, section 3.2.2.3.2): the
 * port {@value #ADDRESS_PORT} selects a register, and four ports from {@value #DATA_PORT} on access
 * it. Each device has one function.
 *
 * <p>Safe for use by any thread. Guests lock the two ports themselves.
 */
public final class PciBus {
  /** Where an aligned double word selects device, function and register. */
  public static final int ADDRESS_PORT = 0xcf8;

  /** Where what is selected is accessed. */
  public static final int DATA_PORT = 0xcfc;

  /** Devices that a bus can have. */
  public static final int DEVICES = 32;

  private static final int ENABLE = 1 << 31;
  private static final int OTHER_BUS_OR_FUNCTION = 0xff_0700;

  private final AtomicReferenceArray<PciFunction> functions = new AtomicReferenceArray<>(DEVICES);
  private volatile int address;

  /** Creates a bus with a host bridge as device 0. */
  public PciBus() {
    functions.set(0, new HostBridge());
  }

  /**
   * Plugs a function in. Guests look for it when they boot.
   *
   * @param device its number, 1 to 31: it is function 0 of that device
   * @param function answers for it
   * @throws IllegalArgumentException if there is no such number
   * @throws IllegalStateException if the number is taken
   */
  public void plug(int device, PciFunction function) {
    if (device < 1 || device >= DEVICES) {
      throw new IllegalArgumentException(
          "PCI device %d: expected 1 to %d, 0 is the host bridge".formatted(device, DEVICES - 1));
    }
    if (!functions.compareAndSet(device, null, function)) {
      throw new IllegalStateException(
          "PCI device %d is taken: expected a free number".formatted(device));
    }
  }

  /**
   * Puts the ports on their bus.
   *
   * @param ports the guest's I/O ports
   */
  public void connect(Bus ports) {
    ports.add(ADDRESS_PORT, Integer.BYTES, new AddressPort());
    ports.add(DATA_PORT, Integer.BYTES, new DataPort());
  }

  private PciFunction selected() {
    int selection = address;
    boolean here = (selection & ENABLE) != 0 && (selection & OTHER_BUS_OR_FUNCTION) == 0;
    PciFunction function = here ? functions.get(selection >> 11 & (DEVICES - 1)) : null;
    return function == null ? Absent.FUNCTION : function;
  }

  private int register(long offset) {
    return (address & 0xfc) + (int) offset;
  }

  private static boolean inDoubleWord(long offset, int width) {
    return offset + width <= Integer.BYTES;
  }

  /** Only an access to the whole double word is one to this port. */
  private final class AddressPort implements BusDevice {
    @Override
    public long read(long offset, int width) {
      return offset == 0 && width == Integer.BYTES ? address : -1;
    }

    @Override
    public CompletableFuture<Void> write(long offset, int width, long value) {
      if (offset == 0 && width == Integer.BYTES) {
        address = (int) value;
      }
      return DONE;
    }
  }

  private final class DataPort implements BusDevice {
    @Override
    public long read(long offset, int width) {
      return inDoubleWord(offset, width) ? selected().readConfig(register(offset), width) : -1;
    }

    @Override
    public CompletableFuture<Void> write(long offset, int width, long value) {
      return inDoubleWord(offset, width)
          ? selected().writeConfig(register(offset), width, value)
          : DONE;
    }
  }

  /** Nobody is there: a guest that reads all bits set looks further. */
  private enum Absent implements PciFunction {
    FUNCTION;

    @Override
    public long readConfig(int register, int width) {
      return -1;
    }

    @Override
    public CompletableFuture<Void> writeConfig(int register, int width, long value) {
      return BusDevice.DONE;
    }
  }
}
