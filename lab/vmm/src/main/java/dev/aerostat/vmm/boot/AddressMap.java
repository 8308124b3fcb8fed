package dev.aerostat.vmm.boot;

import dev.aerostat.api.GuestRange;
import java.util.List;

/**
 * Where everything is in the guest's physical address space, and which interrupts are whose.
 *
 * <pre>
 *           0  RAM; what the kernel is booted with lies in the first MiB
 *      0xe0000 ACPI tables
 *     0x10_0000 RAM up to 3 GiB, with the kernel at its start and the initramfs at its end
 *  0xd000_0000 the window of a device on virtio-mmio
 *  0xe000_0000 256 MiB for BARs of 32 bits
 *  0xfec0_0000 I/O APIC, local APICs (in KVM)
 *  0xfffb_c000 four pages that KVM takes on some processors
 *  4 GiB       RAM, what there is of it beyond 3 GiB
 *  above RAM   64 GiB for BARs of 64 bits
 * </pre>
 */
public final class AddressMap {
  /** The most RAM below 4 GiB: the hole above it is for devices. */
  public static final long LOW_RAM_LIMIT = 3L << 30;

  /** Where RAM goes on above the hole. */
  public static final long HIGH_RAM_START = 4L << 30;

  /** The window of a device on virtio-mmio. */
  public static final long MMIO_DEVICE = 0xd000_0000L;

  /** Where BARs of 32 bits may lie. */
  public static final GuestRange PCI_WINDOW = new GuestRange(0xe000_0000L, 0xf000_0000L);

  /** First port of the serial console. */
  public static final int SERIAL_PORT = 0x3f8;

  /** Interrupt of the serial console, edge-triggered. */
  public static final int SERIAL_GSI = 4;

  /** Interrupt of a device on virtio-mmio, level-triggered. */
  public static final int MMIO_DEVICE_GSI = 5;

  /** Interrupt by which the guest hears that a PCI device was plugged, level-triggered. */
  public static final int HOT_PLUG_GSI = 6;

  private static final int FIRST_PCI_GSI = 16;
  private static final int PCI_GSIS = 8;
  private static final long LARGE_WINDOW_BYTES = 64L << 30;

  // What the kernel is booted with: all below the ACPI tables.
  static final long SEGMENTS = 0x500;
  static final long STACK_END = 0x7000;
  static final long PARAMETERS = 0x7000;
  static final long PAGE_TABLES = 0x9000;
  static final long COMMAND_LINE = 0x2_0000;

  /** Where the first piece of RAM ends, as on a PC. */
  static final long BASE_RAM_END = 0x9_fc00;

  static final long ACPI_TABLES = 0xe_0000;
  static final long EXTENDED_RAM = 0x10_0000;

  private final long bytes;

  /**
   * Lays a guest out.
   *
   * @param bytes its RAM, a multiple of 2 MiB, at least 64 MiB
   * @throws IllegalArgumentException if it is another number
   */
  public AddressMap(long bytes) {
    if (bytes < 64L << 20 || bytes % (2L << 20) != 0) {
      throw new IllegalArgumentException(
          "a guest of %d bytes of memory: expected a multiple of 2 MiB, and at least 64 MiB"
              .formatted(bytes));
    }
    this.bytes = bytes;
  }

  /**
   * Returns where the guest has RAM.
   *
   * @return one range, or two with the hole between them
   */
  public List<GuestRange> ram() {
    if (bytes <= LOW_RAM_LIMIT) {
      return List.of(new GuestRange(0, bytes));
    }
    return List.of(
        new GuestRange(0, LOW_RAM_LIMIT),
        GuestRange.ofLength(HIGH_RAM_START, bytes - LOW_RAM_LIMIT));
  }

  /**
   * Returns where BARs of 64 bits may lie.
   *
   * @return a range above all RAM
   */
  public GuestRange largePciWindow() {
    long ramEnd = Math.max(ram().getLast().end(), HIGH_RAM_START);
    long start = (ramEnd + LARGE_WINDOW_BYTES - 1) / LARGE_WINDOW_BYTES * LARGE_WINDOW_BYTES;
    return GuestRange.ofLength(start, LARGE_WINDOW_BYTES);
  }

  /**
   * Returns the interrupt of a PCI device's pin INTA, level-triggered; devices share them.
   *
   * @param device its number on the bus, 0 to 31
   * @return 16 to 23
   */
  public static int pciGsi(int device) {
    return FIRST_PCI_GSI + device % PCI_GSIS;
  }
}
