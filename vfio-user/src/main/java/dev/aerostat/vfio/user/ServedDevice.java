package dev.aerostat.vfio.user;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;

/**
 * A PCI device as a VMM sees it: its regions, its interrupts, and a reset. Numbers are those of
 * {@code linux/vfio.h}. All methods are called on the thread that serves the VMM, one session after
 * the other; one that throws {@link IOException} has the VMM told that it failed.
 */
public interface ServedDevice {
  /** Index of the config space among the regions ({@code VFIO_PCI_CONFIG_REGION_INDEX}). */
  int CONFIG_REGION = 7;

  /** BARs, ROM, config space and VGA: what QEMU expects at least is one less. */
  int REGIONS = 9;

  /** INTx, MSI, MSI-X, errors and requests to let go. */
  int INTERRUPTS = 5;

  /**
   * Called when a VMM has connected. The device is as after a reset, and does no DMA.
   *
   * @throws IOException if it cannot be brought there: the session ends
   */
  default void connected() throws IOException {}

  /**
   * Returns whether {@link #reset} can work.
   *
   * @return true if a VMM may ask for it
   * @throws IOException if the device does not answer
   */
  boolean resettable() throws IOException;

  /**
   * Describes a region.
   *
   * @param index 0 to 8
   * @return the region; of 0 bytes if the device lacks it
   * @throws IOException if the device does not answer
   */
  DeviceRegion region(int index) throws IOException;

  /**
   * Opens the file that a VMM maps a region from.
   *
   * @param index of a region with {@link DeviceRegion#MMAP}
   * @return a file, which the caller closes
   * @throws IOException if there is none to be had
   */
  PassedFile openFile(int index) throws IOException;

  /**
   * Describes interrupts.
   *
   * @param index 0 to 4
   * @return what they are; of a count of 0 if the device lacks them
   * @throws IOException if the device does not answer
   */
  DeviceInterrupts interrupts(int index) throws IOException;

  /**
   * Connects interrupts, or has them masked, unmasked or raised.
   *
   * @param request what to do; its eventfds are the device's to close, but not if this throws
   * @throws IOException if the device refuses
   */
  void setInterrupts(InterruptRequest request) throws IOException;

  /**
   * Reads from a region.
   *
   * @param region index, 0 to 8
   * @param offset within the region, in bytes
   * @param into native; all of it is in the region
   * @throws IOException if the device does not answer: the guest reads all bits set
   */
  void read(int region, long offset, MemorySegment into) throws IOException;

  /**
   * Writes to a region.
   *
   * @param region index, 0 to 8
   * @param offset within the region, in bytes
   * @param from native, valid until this returns; all of it is in the region
   * @return done once the VMM may be answered, by any thread: its guest's processor waits for that
   * @throws IOException if the device does not answer: the write is lost
   */
  CompletableFuture<Void> write(int region, long offset, MemorySegment from) throws IOException;

  /**
   * Resets the device.
   *
   * @throws IOException if it cannot be reset
   */
  void reset() throws IOException;

  /** Called when the VMM is gone: DMA and interrupts of the device end before this returns. */
  void disconnected();
}
