package dev.aerostat.guest.sim;

import dev.aerostat.api.GuestMemory;

/**
 * A guest whose balloon driver behaves as Linux's does, on a clock that somebody else turns.
 *
 * <p>What it balloons, in which order: pages from 4 GiB up before those below, upwards; a message
 * names at most 256 in the reverse of the order of allocation; what was named last is deflated
 * first. One message is in flight at a time; after each the driver writes {@code actual} and reads
 * the target again. Before a message is sent its {@link GuestCosts cost} passes.
 *
 * <p>Not safe for use by several threads. Interrupts may come while a call to the transport is
 * under way. In its steady state it allocates nothing.
 */
public final class SimulatedGuest {
  private final GuestMemory memory;
  private final GuestClock clock;
  private final GuestProfile profile;
  private final KernelReserve reserve;
  private final BalloonDriver driver;
  private final GuestLedger ledger = new GuestLedger();
  private BalloonWorker worker;

  /**
   * Creates a guest whose driver is not loaded yet.
   *
   * @param memory its RAM
   * @param transport its balloon device
   * @param clock its time
   * @param profile what kind of guest it is
   * @throws IllegalArgumentException if memory is too small to leave a page to the balloon
   */
  public SimulatedGuest(
      GuestMemory memory, DeviceTransport transport, GuestClock clock, GuestProfile profile) {
    this.memory = memory;
    this.clock = clock;
    this.profile = profile;
    this.reserve = new KernelReserve(memory);
    this.driver = new BalloonDriver(memory, transport, reserve.ringAddress());
    this.worker = newWorker();
  }

  private BalloonWorker newWorker() {
    return new BalloonWorker(profile, reserve, clock, driver, ledger);
  }

  /**
   * Loads the driver: resets the device, negotiates, and inflates towards the target.
   *
   * @throws IllegalStateException if a driver is loaded
   */
  public void load() {
    GuestState state = state();
    if (state != GuestState.UNLOADED && state != GuestState.REFUSED) {
      throw new IllegalStateException(
          "the driver is %s: unload it, and wait for that, before it is loaded".formatted(state));
    }
    worker.load();
  }

  /**
   * Removes the driver: it deflates everything, then resets the device. Without effect on a driver
   * that has stalled or was refused, or where none is loaded.
   */
  public void unload() {
    worker.remove();
  }

  /**
   * Reboots the guest without a word to the balloon: the device is reset with its balloon full, and
   * no driver is loaded.
   */
  public void reboot() {
    worker.kill();
    worker = newWorker();
    worker.reset();
  }

  /**
   * Takes an interrupt: the device has used buffers of a queue. Spurious ones do no harm.
   *
   * @param queue index of the queue
   * @throws DeviceMisbehavedException if the used ring holds what the driver never made available
   */
  public void onQueueInterrupt(int queue) {
    worker.queueInterrupt(queue);
  }

  /** Takes an interrupt: the device's config space has changed. */
  public void onConfigInterrupt() {
    worker.wake();
  }

  /**
   * Returns what the driver is doing.
   *
   * @return its state
   */
  public GuestState state() {
    return worker.state();
  }

  /**
   * Returns where the guest's pages are and what it has done.
   *
   * @return as of now; the sums hold at any moment
   */
  public GuestAccounts accounts() {
    GuestPages pages = worker.pages();
    return ledger.with(pages, memory.pages() - pages.totalPages());
  }

  /**
   * Returns what is ballooned at a time.
   *
   * @return {@link BalloonPage#SMALL} until the driver has negotiated more
   */
  public BalloonPage balloonPage() {
    return worker.pages().page();
  }
}
