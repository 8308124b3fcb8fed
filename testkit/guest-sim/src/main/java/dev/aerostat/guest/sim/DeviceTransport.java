package dev.aerostat.guest.sim;

/**
 * A balloon device as a driver sees it, whatever carries it (virtio 1.2, sections 2.1 to 2.5 and
 * 4.1.4.3). A simulation adapts the device under test to it.
 *
 * <p>A call may raise interrupts before it returns: {@link SimulatedGuest} allows for that.
 */
public interface DeviceTransport {
  /**
   * Returns the features that the device offers.
   *
   * @return bits 0 to 63
   */
  long offeredFeatures();

  /**
   * Informs the device which features the driver accepts.
   *
   * @param features bits 0 to 63, a part of those offered
   */
  void acceptFeatures(long features);

  /**
   * Reads the device status.
   *
   * @return the status byte, 0 once a reset is complete
   */
  int status();

  /**
   * Writes the device status.
   *
   * @param status the status byte; 0 asks for a reset, which is complete when {@link #status} says
   *     0
   */
  void writeStatus(int status);

  /**
   * Reads the device's config space.
   *
   * @param offset in bytes, a multiple of 4
   * @return the 32 bits there, as the little-endian number that they are
   */
  int readConfig32(int offset);

  /**
   * Writes the device's config space.
   *
   * @param offset in bytes, a multiple of 4
   * @param value the 32 bits to write there
   */
  void writeConfig32(int offset, int value);

  /**
   * Informs the device where a split queue lies.
   *
   * @param queue its index, 0 or more
   * @param size descriptors: a power of two, 1 to 32768
   * @param descriptorTable guest-physical address in bytes, a multiple of 16
   * @param availableRing guest-physical address in bytes, a multiple of 2
   * @param usedRing guest-physical address in bytes, a multiple of 4
   */
  void configureQueue(int queue, int size, long descriptorTable, long availableRing, long usedRing);

  /**
   * Enables a queue that has been configured.
   *
   * @param queue its index
   */
  void enableQueue(int queue);

  /**
   * Informs the device that a queue has available buffers.
   *
   * @param queue its index
   */
  void notifyQueue(int queue);
}
