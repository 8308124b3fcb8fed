package dev.aerostat.guest.sim;

import dev.aerostat.api.GuestMemory;

/**
 * A guest whose virtio-mem driver behaves as Linux's does, on a clock that somebody else turns: it
 * plugs as much as it is asked to, one request at a time, and adds what it was given before it asks
 * again.
 *
 * <p>Not safe for use by several threads. Interrupts may come at any time, spurious ones too.
 */
public final class PluggingGuest {
  /**
   * The time that Linux takes to plug and add 128 MiB, in nanoseconds: the driver's own work, the
   * hypervisor's answer, the page structures, and putting the pages online. HyperAlloc's raw data
   * show it: a guest of 18 GiB grows by virtio-mem, without VFIO, in 0.195 s. That is 144 times 128
   * MiB, as much as the driver asks for at a time (seen with Linux 6.1 and 6.12: 16 requests for 2
   * GiB). How it divides between these is not known.
   */
  public static final long ADD_NANOS = 1_354_000;

  private static final long ADDED_BYTES = 128L << 20;

  /** Where its ring lies: in the lowest memory, above what a balloon's driver has. */
  private static final long RING_OFFSET = 1L << 20;

  private final GuestClock clock;
  private final MemDriver driver;
  private boolean adding;

  /**
   * Creates a guest whose driver is not loaded yet.
   *
   * @param memory its RAM; the lowest region has at least 2 MiB and is not the device's
   * @param device its virtio-mem device
   * @param clock its time
   */
  public PluggingGuest(GuestMemory memory, DeviceTransport device, GuestClock clock) {
    this.clock = clock;
    this.driver = new MemDriver(memory, device, memory.region(0).range().start() + RING_OFFSET);
  }

  /**
   * Loads the driver, which plugs what it is asked for.
   *
   * @throws DeviceMisbehavedException if the device does not take the features that it offers
   */
  public void load() {
    driver.load();
    onInterrupt();
  }

  /** Takes an interrupt: a request was answered, or the guest is asked for more or less. */
  public void onInterrupt() {
    while (!adding) {
      long had = driver.pluggedBytes();
      if (!driver.step()) {
        return;
      }
      long added = driver.pluggedBytes() - had;
      if (added > 0) {
        add(added);
      }
    }
  }

  private void add(long bytes) {
    adding = true;
    clock.after(
        ADD_NANOS * bytes / ADDED_BYTES,
        () -> {
          adding = false;
          onInterrupt();
        });
  }

  /**
   * Returns what it has plugged.
   *
   * @return bytes
   */
  public long pluggedBytes() {
    return driver.pluggedBytes();
  }

  /**
   * Counts the requests that were acknowledged.
   *
   * @return 0 or more
   */
  public long acknowledged() {
    return driver.acknowledged();
  }

  /**
   * Counts the requests that were not.
   *
   * @return 0 or more
   */
  public long refused() {
    return driver.refused();
  }
}
