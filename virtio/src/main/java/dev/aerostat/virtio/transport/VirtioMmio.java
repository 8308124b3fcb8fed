package dev.aerostat.virtio.transport;

import dev.aerostat.virtio.VirtioDevice;
import java.util.concurrent.CompletableFuture;

/**
 * A device on virtio-mmio (virtio 1.3, section 4.2): a window of registers in guest-physical
 * address space, and one level-triggered interrupt.
 *
 * <p>Safe for use by any thread: call it on the vCPU thread whose access was trapped.
 *
 * <p>A queue that the driver stops by writing 0 to QueueReady stays off until it resets the device,
 * as Linux does: the specification has no way to say where it goes on.
 */
public final class VirtioMmio {
  /** Bytes of the window: registers of 32 bits up to 0x0fc, the config space from 0x100 on. */
  public static final int WINDOW_BYTES = 0x1000;

  /** What the register VendorID reads: "AERO". */
  public static final int VENDOR_ID = 0x4f524541;

  private static final int CONFIG = 0x100;
  private static final int MAGIC = 0x74726976;
  private static final int VERSION = 2;

  private final VirtioDevice device;
  private final InterruptStatus interrupts;
  private final DriverRegisters registers;

  /**
   * Puts a device on the bus.
   *
   * @param device no other transport's
   * @param line interrupts the guest
   */
  public VirtioMmio(VirtioDevice device, InterruptLine line) {
    this.device = device;
    this.interrupts = new InterruptStatus(line);
    this.registers = new DriverRegisters(device, () -> interrupts.acknowledge(-1));
  }

  /**
   * Reads what a guest reads.
   *
   * @param offset in bytes from the start of the window; any number
   * @param width in bytes; any number
   * @return the value, little-endian, its upper bytes 0. 0 where there is nothing to read, or where
   *     a register is not read with aligned 32 bits (section 4.2.2.2)
   */
  public long read(long offset, int width) {
    if (offset >= CONFIG && offset < WINDOW_BYTES) {
      return device.readConfig((int) offset - CONFIG, width);
    }
    boolean register = offset >= 0 && offset < CONFIG && width == Integer.BYTES;
    return register ? Integer.toUnsignedLong(readRegister((int) offset)) : 0;
  }

  private int readRegister(int offset) {
    return switch (offset) {
      case 0x000 -> MAGIC;
      case 0x004 -> VERSION;
      case 0x008 -> device.deviceId();
      case 0x00c -> VENDOR_ID;
      case 0x010 -> registers.deviceFeatures();
      case 0x034 -> registers.maxQueueSize();
      case 0x044 -> registers.queueReady() ? 1 : 0;
      case 0x060 -> interrupts.bits();
      case 0x070 -> registers.status();
      case 0x0b0, 0x0b4, 0x0b8, 0x0bc -> -1; // SHMLen, SHMBase: no shared memory region
      case 0x0fc -> device.configGeneration();
      default -> 0;
    };
  }

  /**
   * Writes what a guest writes.
   *
   * @param offset in bytes from the start of the window; any number
   * @param width in bytes; any number
   * @param value in its lower bytes, little-endian
   * @return completes when the write has taken effect: <b>the vCPU goes on only then</b>. Complete
   *     already, but for a reset that is held and a queue that is being stopped: drivers of
   *     virtio-mmio do not poll (see {@link VirtioDevice#writeStatus})
   */
  public CompletableFuture<Void> write(long offset, int width, long value) {
    if (offset >= CONFIG && offset < WINDOW_BYTES) {
      device.writeConfig((int) offset - CONFIG, width, value);
    } else if (offset >= 0 && offset < CONFIG && width == Integer.BYTES) {
      return writeRegister((int) offset, (int) value);
    }
    return DriverRegisters.DONE;
  }

  private CompletableFuture<Void> writeRegister(int offset, int value) {
    switch (offset) {
      case 0x014 -> registers.selectDeviceFeatures(value);
      case 0x020 -> registers.writeDriverFeatures(value);
      case 0x024 -> registers.selectDriverFeatures(value);
      case 0x030 -> registers.selectQueue(value);
      case 0x038 -> registers.writeQueueSize(value);
      case 0x044 -> {
        return writeReady(value);
      }
      case 0x050 -> registers.notifyQueue(value);
      case 0x064 -> interrupts.acknowledge(value);
      case 0x070 -> {
        return registers.writeStatus(value & 0xff);
      }
      case 0x080, 0x084 -> writeArea(DriverRegisters.DESCRIPTOR_AREA, offset, value);
      case 0x090, 0x094 -> writeArea(DriverRegisters.DRIVER_AREA, offset, value);
      case 0x0a0, 0x0a4 -> writeArea(DriverRegisters.DEVICE_AREA, offset, value);
      default -> {} // Read-only, QueueReset without its feature, or no register at all.
    }
    return DriverRegisters.DONE;
  }

  private CompletableFuture<Void> writeReady(int value) {
    if (value == 0) {
      return registers.disableQueue();
    }
    if (value == 1) {
      registers.enableQueue();
    }
    return DriverRegisters.DONE;
  }

  private void writeArea(int area, int offset, int half) {
    registers.writeQueueArea(area, (offset & Integer.BYTES) != 0, half);
  }

  /** Interrupts the driver: a used ring has grown. */
  public void interruptQueue() {
    interrupts.raise(InterruptStatus.QUEUE);
  }

  /** Interrupts the driver: the config space or the device status has changed. */
  public void interruptConfig() {
    interrupts.raise(InterruptStatus.CONFIG);
  }

  /**
   * Resets the device and its registers, as a VMM does that resets the guest. Never waits.
   *
   * @return completes when the reset has taken effect, as {@link VirtioDevice#reset} does
   */
  public CompletableFuture<Void> reset() {
    CompletableFuture<Void> done = registers.reset();
    interrupts.acknowledge(-1); // What the old driver did not hear of must not interrupt the next.
    return done;
  }
}
