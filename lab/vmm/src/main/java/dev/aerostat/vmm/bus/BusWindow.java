package dev.aerostat.vmm.bus;

/** Where a device answers on its {@link Bus}. Safe for use by any thread. */
public final class BusWindow {
  /** A place that no access reaches. */
  public static final long HIDDEN = -1;

  private final long bytes;
  private final BusDevice device;
  private volatile long start;

  BusWindow(long start, long bytes, BusDevice device) {
    this.start = start;
    this.bytes = bytes;
    this.device = device;
  }

  /**
   * Moves the window, as a guest does that programs a BAR.
   *
   * @param newStart its first address, or {@link #HIDDEN}
   */
  public void moveTo(long newStart) {
    start = newStart;
  }

  /** Returns where in the window an address lies; negative if outside it. */
  long offset(long address) {
    long from = start;
    long offset = address - from;
    return from != HIDDEN && offset < bytes ? offset : -1;
  }

  BusDevice device() {
    return device;
  }
}
