package dev.aerostat.vmm.bus;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/**
 * An address space in which devices have windows: that of I/O ports, or that of guest-physical
 * memory where there is no RAM.
 *
 * <p>Safe for use by any thread. An access allocates nothing.
 */
public final class Bus {
  /** What a read finds where nobody answers: all bits set, as on a PC. */
  private static final long NOBODY = -1;

  private volatile BusWindow[] windows = {};

  /** Creates a bus without devices. */
  public Bus() {}

  /**
   * Adds a device.
   *
   * @param start first address of its window, or {@link BusWindow#HIDDEN}
   * @param bytes length of the window, greater than 0
   * @param device answers there; where windows overlap, the device that was added first does
   * @return the window, which can move
   */
  public BusWindow add(long start, long bytes, BusDevice device) {
    var window = new BusWindow(start, bytes, device);
    synchronized (this) {
      BusWindow[] more = Arrays.copyOf(windows, windows.length + 1);
      more[windows.length] = window;
      windows = more;
    }
    return window;
  }

  /**
   * Reads what the guest reads.
   *
   * @param address any number
   * @param width 1 to 8 bytes
   * @return the value, little-endian, its upper bytes 0; all bits set where nobody answers
   */
  public long read(long address, int width) {
    for (BusWindow window : windows) {
      long offset = window.offset(address);
      if (offset >= 0) {
        return cut(window.device().read(offset, width), width);
      }
    }
    return cut(NOBODY, width);
  }

  /**
   * Writes what the guest writes; nothing happens where nobody answers.
   *
   * @param address any number
   * @param width 1 to 8 bytes
   * @param value in its lower bytes, little-endian
   * @return completes when the write has taken effect: the vCPU goes on only then
   */
  public CompletableFuture<Void> write(long address, int width, long value) {
    for (BusWindow window : windows) {
      long offset = window.offset(address);
      if (offset >= 0) {
        return window.device().write(offset, width, cut(value, width));
      }
    }
    return BusDevice.DONE;
  }

  private static long cut(long value, int width) {
    return width == Long.BYTES ? value : value & ((1L << (Byte.SIZE * width)) - 1);
  }
}
