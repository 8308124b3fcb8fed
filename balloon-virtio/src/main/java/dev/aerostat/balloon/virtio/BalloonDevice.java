package dev.aerostat.balloon.virtio;

import dev.aerostat.api.GuestMemory;

/**
 * The device side of virtio-balloon (virtio 1.2, section 5.5), on guest memory in place.
 *
 * <p>Two sides share it. A <b>transport</b> calls the methods that a guest's register accesses
 * stand for, from any vCPU thread; they never wait for the event thread. The <b>engine</b> calls
 * the rest from its one event thread. Nothing that a guest writes makes a method throw, read
 * outside guest memory or loop without bound.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class BalloonDevice {
  /**
   * Makes a device that was just reset.
   *
   * @param settings how it presents itself
   * @param memory the guest's RAM, alive for as long as the device is used
   * @param transport is told of interrupts and wake-ups
   */
  @SuppressWarnings("UnusedVariable")
  public BalloonDevice(BalloonSettings settings, GuestMemory memory, BalloonTransport transport) {}

  /**
   * Gives what the driver may choose from.
   *
   * @return feature bits 0 to 63; 64 and up are 0
   */
  public long offeredFeatures() {
    throw new UnsupportedOperationException();
  }

  /**
   * Takes the driver's choice; {@link #writeStatus} with FEATURES_OK judges it. Without effect once
   * FEATURES_OK is set.
   *
   * @param features bits 0 to 63
   */
  public void acceptFeatures(long features) {
    throw new UnsupportedOperationException();
  }

  /**
   * Gives the device status field, {@link DeviceStatus} bits.
   *
   * @return 0 only after a reset is complete
   */
  public int status() {
    throw new UnsupportedOperationException();
  }

  /**
   * Takes the driver's status. 0 asks for a reset, which is held until {@link #completeReset};
   * until then all further writes are ignored. FEATURES_OK is withheld from a driver without
   * MUST_TELL_HOST and VERSION_1, DRIVER_OK from one without FEATURES_OK.
   *
   * @param status {@link DeviceStatus} bits; bits once set stay set
   */
  public void writeStatus(int status) {
    throw new UnsupportedOperationException();
  }

  /**
   * Gives the size of the config space, which depends on what is offered (section 5.5.4).
   *
   * @return 8, 12 or 16 bytes
   */
  public int configSize() {
    throw new UnsupportedOperationException();
  }

  /**
   * Gives a number that changes with the config space (section 2.5.1).
   *
   * @return any number
   */
  public int configGeneration() {
    throw new UnsupportedOperationException();
  }

  /**
   * Reads the config space, little-endian, without a lock.
   *
   * @param offset in bytes
   * @param width 1, 2 or 4 bytes
   * @return the value, its upper bytes 0; 0 outside the config space or for another width
   */
  public int readConfig(int offset, int width) {
    throw new UnsupportedOperationException();
  }

  /**
   * Writes the config space, little-endian. Only {@code actual} and {@code poison_val} are the
   * driver's; the rest of a write is ignored.
   *
   * @param offset in bytes
   * @param width 1, 2 or 4 bytes
   * @param value in its lower bytes
   */
  public void writeConfig(int offset, int width, int value) {
    throw new UnsupportedOperationException();
  }

  /**
   * Gives the number of queues a driver may set up.
   *
   * @return 2 to 5
   */
  public int queueCount() {
    throw new UnsupportedOperationException();
  }

  /**
   * Gives the largest size of a queue.
   *
   * @param index of the queue
   * @return a number of descriptors, or 0 if there is no such queue
   */
  public int maxQueueSize(int index) {
    throw new UnsupportedOperationException();
  }

  /**
   * Takes the place of a queue, before {@link #enableQueue} and before DRIVER_OK.
   *
   * @param index of the queue
   * @param layout where the driver placed it
   * @return {@link QueueSetup#ACCEPTED}, or why not
   */
  public QueueSetup configureQueue(int index, QueueLayout layout) {
    throw new UnsupportedOperationException();
  }

  /**
   * Enables a configured queue, before DRIVER_OK.
   *
   * @param index of the queue
   * @return {@link QueueSetup#ACCEPTED}, or why not
   */
  public QueueSetup enableQueue(int index) {
    throw new UnsupportedOperationException();
  }

  /**
   * The driver rang: there may be buffers in a queue.
   *
   * @param index of the queue; any number
   */
  public void notifyQueue(int index) {
    throw new UnsupportedOperationException();
  }

  /**
   * Does one turn of work: all that is to read, inflate before deflate before the rest, up to a
   * budget.
   *
   * @param events is told what the driver said
   * @param pfnBudget PFNs to read at most, greater than 0; a descriptor without one counts as one
   * @return true if the budget ended the turn: call again when others had theirs
   * @throws IllegalArgumentException if the budget is not greater than 0
   */
  public boolean process(BalloonEvents events, int pfnBudget) {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns a deflate message to the driver and interrupts it as it asked to be.
   *
   * @param token of a message whose {@link BalloonEvents#deflateEnd} has come
   * @throws IllegalStateException if no message of that token waits. While a reset is held no token
   *     is checked and nothing is written
   */
  public void acknowledge(int token) {
    throw new UnsupportedOperationException();
  }

  /**
   * Sets {@code num_pages}, the size the balloon is asked to have, and interrupts the driver if
   * that is new to it.
   *
   * @param pages in 4 KiB units, 0 to 2^32, exclusive
   * @throws IllegalArgumentException if the number does not fit its 32 bits
   */
  public void setTarget(long pages) {
    throw new UnsupportedOperationException();
  }

  /**
   * Gives {@code num_pages}.
   *
   * @return pages in 4 KiB units
   */
  public long target() {
    throw new UnsupportedOperationException();
  }

  /**
   * Gives {@code actual}, which the driver wrote: never to be trusted.
   *
   * @return pages in 4 KiB units, as the driver claims; 0 after a reset
   */
  public long actual() {
    throw new UnsupportedOperationException();
  }

  /**
   * Gives {@code poison_val}, which the driver wrote.
   *
   * @return the value that the driver fills free pages with, as it claims; 0 after a reset
   */
  public int poisonValue() {
    throw new UnsupportedOperationException();
  }

  /**
   * Uses the driver's statistics buffer, which asks it for fresh figures; they come as {@link
   * BalloonEvents#statistics}.
   *
   * @return false if the device has no such buffer: not negotiated, not sent yet, or already used
   */
  public boolean requestStatistics() {
    throw new UnsupportedOperationException();
  }

  /**
   * Asks the driver to list its free pages, under a new command id, which ends any earlier request.
   *
   * @return false if FREE_PAGE_HINT was not negotiated or the driver is not up
   */
  public boolean startFreePageHint() {
    throw new UnsupportedOperationException();
  }

  /**
   * Ends the listing of free pages: blocks that still come are ignored, and the driver may use
   * again all that it listed.
   */
  public void stopFreePageHint() {
    throw new UnsupportedOperationException();
  }

  /**
   * Completes the held reset: all queues off, nothing negotiated, status 0.
   *
   * @throws IllegalStateException if {@link BalloonEvents#resetRequested} has not come since the
   *     last reset
   */
  public void completeReset() {
    throw new UnsupportedOperationException();
  }

  /** Sets DEVICE_NEEDS_RESET and interrupts the driver (section 2.1.2). */
  public void fail() {
    throw new UnsupportedOperationException();
  }

  /**
   * Gives what was done so far.
   *
   * @return the counts at this moment
   */
  public BalloonCounters counters() {
    throw new UnsupportedOperationException();
  }
}
