package dev.aerostat.virtio.transport;

import dev.aerostat.virtio.VirtioDevice;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * A device on virtio-pci (virtio 1.3, section 4.1), for modern drivers: a configuration space and
 * one memory BAR of 32 bits, BAR 0, which holds all structures and the MSI-X table. It interrupts
 * by pin INTA, or by MSI-X once the driver enables that: a vector for each queue and one for the
 * config space.
 *
 * <p>Safe for use by any thread: call it on the vCPU thread whose access was trapped. No method
 * waits: a driver of virtio-pci polls the status until a reset has taken effect.
 */
public final class VirtioPci {
  /** Size of BAR 0 in bytes. */
  public static final int BAR_BYTES = 0x8000;

  private final VirtioDevice device;
  private final InterruptStatus pin;
  private final MsixTable messages;
  private final DriverRegisters registers;
  private final PciCommonConfig common;
  private final PciConfigSpace space;

  /**
   * Puts a device on the bus.
   *
   * @param device no other transport's, with at most 63 queues and 4096 bytes of config space
   * @param classCode base class, subclass and programming interface, as {@link
   *     VirtioDevice#PCI_CLASS_OTHERS}; 24 bits
   * @param interrupts interrupts the guest
   * @throws IllegalArgumentException if the device has more, or the class code is none
   */
  public VirtioPci(VirtioDevice device, int classCode, PciInterrupts interrupts) {
    int vectors = device.queueCount() + 1;
    if (vectors > MsixTable.MOST_VECTORS) {
      throw new IllegalArgumentException(
          "a device of %d queues: expected at most %d"
              .formatted(device.queueCount(), MsixTable.MOST_VECTORS - 1));
    }
    if (device.configSize() > PciLayout.PART_BYTES) {
      throw new IllegalArgumentException(
          "a config space of %d bytes: expected at most %d"
              .formatted(device.configSize(), PciLayout.PART_BYTES));
    }
    if ((classCode & ~0xff_ffff) != 0) {
      throw new IllegalArgumentException(
          "class code 0x%x: expected 24 bits, base class first".formatted(classCode));
    }
    this.device = device;
    this.pin = new InterruptStatus(interrupts);
    this.messages = new MsixTable(vectors, interrupts);
    this.registers = new DriverRegisters(device, this::forgetDriver);
    this.common = new PciCommonConfig(device, registers, vectors);
    this.space = PciLayout.configSpace(device, classCode, vectors);
  }

  /** The reset of a virtio device: what PCI itself has set stays, the MSI-X table too. */
  private void forgetDriver() {
    common.forgetVector();
    messages.forgetPending();
    pin.acknowledge(-1);
  }

  // --- Configuration space ----------------------------------------------------------------------

  /**
   * Reads what a guest reads from the configuration space.
   *
   * @param offset in bytes; any number
   * @param width in bytes; any number
   * @return the value, little-endian, its upper bytes 0; 0 outside the first 256 bytes, or for
   *     another width than 1, 2 or 4
   */
  public long readConfig(int offset, int width) {
    if (!PciConfigSpace.allows(offset, width)) {
      return 0;
    }
    if (touches(offset, width, PciLayout.WINDOW_DATA)) {
      readThroughWindow();
    }
    long value = space.read(offset, width);
    boolean status = offset <= PciLayout.STATUS && offset + width > PciLayout.STATUS;
    if (status && pin.bits() != 0) {
      value |= (long) PciLayout.STATUS_INTERRUPT << (Byte.SIZE * (PciLayout.STATUS - offset));
    }
    return value;
  }

  /**
   * Writes what a guest writes to the configuration space.
   *
   * @param offset in bytes; any number
   * @param width in bytes; a write of another width than 1, 2 or 4 is ignored
   * @param value in its lower bytes, little-endian
   */
  public void writeConfig(int offset, int width, long value) {
    if (!PciConfigSpace.allows(offset, width)) {
      return;
    }
    space.write(offset, width, value);
    if (touches(offset, width, PciLayout.WINDOW_DATA)) {
      writeThroughWindow();
    }
    if (touches(offset, width, PciLayout.COMMAND) || touches(offset, width, PciLayout.MSIX)) {
      interruptsChanged();
    }
  }

  private static boolean touches(int offset, int width, int doubleWord) {
    return offset < doubleWord + Integer.BYTES && offset + width > doubleWord;
  }

  private void interruptsChanged() {
    int control = space.readInt(PciLayout.MSIX) >>> Short.SIZE;
    boolean enabled = (control & PciLayout.MSIX_ENABLE) != 0;
    messages.control(enabled, (control & PciLayout.MSIX_MASK_ALL) != 0);
    boolean disabled = (space.readInt(PciLayout.COMMAND) & PciLayout.COMMAND_NO_INTX) != 0;
    pin.mask(enabled || disabled);
  }

  /** VIRTIO_PCI_CAP_PCI_CFG: an access to the BAR by the configuration space (section 4.1.4.9). */
  private void readThroughWindow() {
    if (windowAllowed()) {
      long value =
          read(
              Integer.toUnsignedLong(space.readInt(PciLayout.WINDOW_OFFSET)),
              space.readInt(PciLayout.WINDOW_LENGTH));
      space.overwrite(PciLayout.WINDOW_DATA, (int) value);
    }
  }

  private void writeThroughWindow() {
    if (windowAllowed()) {
      write(
          Integer.toUnsignedLong(space.readInt(PciLayout.WINDOW_OFFSET)),
          space.readInt(PciLayout.WINDOW_LENGTH),
          Integer.toUnsignedLong(space.readInt(PciLayout.WINDOW_DATA)));
    }
  }

  private boolean windowAllowed() {
    int width = space.readInt(PciLayout.WINDOW_LENGTH);
    boolean known = width == 1 || width == 2 || width == 4;
    return known
        && space.readInt(PciLayout.WINDOW_OFFSET) % width == 0
        && space.read(PciLayout.WINDOW_BAR, 1) == 0;
  }

  /**
   * Returns where the guest has put BAR 0. It may move with each write to the configuration space.
   *
   * @return the guest-physical address of its first byte, a multiple of its size; nothing while the
   *     guest has memory decoding off
   */
  public OptionalLong barAddress() {
    return (space.readInt(PciLayout.COMMAND) & PciLayout.COMMAND_MEMORY) != 0
        ? OptionalLong.of(Integer.toUnsignedLong(space.readInt(PciLayout.BAR)))
        : OptionalLong.empty();
  }

  // --- BAR 0 ------------------------------------------------------------------------------------

  /**
   * Reads what a guest reads from BAR 0.
   *
   * @param offset in bytes from the start of the BAR; any number
   * @param width in bytes; any number
   * @return the value, little-endian, its upper bytes 0; 0 where there is nothing to read
   */
  public long read(long offset, int width) {
    if (offset < 0 || offset >= BAR_BYTES) {
      return 0;
    }
    int at = (int) offset % PciLayout.PART_BYTES;
    return switch ((int) offset - at) {
      case PciLayout.COMMON -> common.read(at, width);
      case PciLayout.ISR -> at == 0 ? pin.readAndClear() : 0;
      case PciLayout.DEVICE -> device.readConfig(at, width);
      case PciLayout.TABLE -> messages.readTable(at, width);
      case PciLayout.PENDING -> messages.readPending(at, width);
      default -> 0;
    };
  }

  /**
   * Writes what a guest writes to BAR 0.
   *
   * @param offset in bytes from the start of the BAR; any number
   * @param width in bytes; any number
   * @param value in its lower bytes, little-endian
   */
  public void write(long offset, int width, long value) {
    if (offset < 0 || offset >= BAR_BYTES) {
      return;
    }
    int at = (int) offset % PciLayout.PART_BYTES;
    switch ((int) offset - at) {
      case PciLayout.COMMON -> common.write(at, width, value);
      case PciLayout.DEVICE -> device.writeConfig(at, width, value);
      case PciLayout.NOTIFY -> ring(at, width);
      case PciLayout.TABLE -> messages.writeTable(at, width, value);
      default -> {}
    }
  }

  /** Section 4.1.5.2: each queue has an address of its own, so what is written does not matter. */
  private void ring(int at, int width) {
    boolean doorbell = width == Short.BYTES || width == Integer.BYTES;
    if (doorbell && at % PciLayout.NOTIFY_MULTIPLIER == 0) {
      registers.notifyQueue(at / PciLayout.NOTIFY_MULTIPLIER);
    }
  }

  // --- Interrupts -------------------------------------------------------------------------------

  /**
   * Interrupts the driver: a used ring has grown.
   *
   * @param queue index of the queue; any number
   */
  public void interruptQueue(int queue) {
    if (messages.enabled()) {
      messages.raise(registers.vectorOf(queue));
    } else {
      pin.raise(InterruptStatus.QUEUE);
    }
  }

  /** Interrupts the driver: the config space or the device status has changed. */
  public void interruptConfig() {
    pin.raise(InterruptStatus.CONFIG);
    if (messages.enabled()) {
      messages.raise(common.configVector());
    }
  }

  /**
   * Resets the device and all of its PCI registers, as a VMM does that resets the guest. Never
   * waits.
   *
   * @return completes when the reset has taken effect, as {@link VirtioDevice#reset} does
   */
  public CompletableFuture<Void> reset() {
    CompletableFuture<Void> done = registers.reset();
    space.reset();
    messages.reset();
    pin.acknowledge(-1); // What the old driver did not hear of must not interrupt the next.
    interruptsChanged();
    return done;
  }
}
