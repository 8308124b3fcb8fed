package dev.aerostat.guest.sim;

import dev.aerostat.api.GuestMemory;

/** A guest whose balloon driver behaves as Linux's does, on a clock that somebody else turns. */
public final class SimulatedGuest {
  /**
   * Makes a guest whose driver is not loaded yet.
   *
   * @param memory its RAM
   * @param transport its balloon device
   * @param clock its time
   * @param profile what kind of guest it is
   * @throws IllegalArgumentException if memory is too small to leave a page to the balloon
   */
  public SimulatedGuest(
      GuestMemory memory, DeviceTransport transport, GuestClock clock, GuestProfile profile) {}

  /**
   * Loads the driver: resets the device, negotiates, and inflates towards the target.
   *
   * @throws IllegalStateException if a driver is loaded
   */
  public void load() {
    throw new UnsupportedOperationException();
  }

  /**
   * Removes the driver: it deflates everything, then resets the device. Without effect on a driver
   * that has stalled or was refused, or where none is loaded.
   */
  public void unload() {
    throw new UnsupportedOperationException();
  }

  /**
   * Reboots the guest without a word to the balloon: the device is reset with its balloon full, and
   * no driver is loaded.
   */
  public void reboot() {
    throw new UnsupportedOperationException();
  }

  /**
   * Takes an interrupt: the device has used buffers of a queue. Spurious ones do no harm.
   *
   * @param queue index of the queue
   * @throws DeviceMisbehavedException if the used ring holds what the driver never made available
   */
  public void onQueueInterrupt(int queue) {
    throw new UnsupportedOperationException();
  }

  /** Takes an interrupt: the device's config space has changed. */
  public void onConfigInterrupt() {
    throw new UnsupportedOperationException();
  }

  /**
   * Says what the driver is doing.
   *
   * @return its state
   */
  public GuestState state() {
    throw new UnsupportedOperationException();
  }

  /**
   * Says where the guest's pages are and what it has done.
   *
   * @return as of now; the sums hold at any moment
   */
  public GuestAccounts accounts() {
    throw new UnsupportedOperationException();
  }

  /**
   * Says what is ballooned at a time.
   *
   * @return {@link BalloonPage#SMALL} until the driver has negotiated more
   */
  public BalloonPage balloonPage() {
    throw new UnsupportedOperationException();
  }
}
