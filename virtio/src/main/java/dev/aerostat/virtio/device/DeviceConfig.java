package dev.aerostat.virtio.device;

/**
 * The config space of a class of device (virtio 1.2, section 2.5), little-endian. Safe for use by
 * any thread, and never waits.
 */
public interface DeviceConfig {
  /**
   * Returns the size.
   *
   * @return bytes, 0 or more
   */
  int size();

  /**
   * Returns a number that is another once a field has changed that was read since.
   *
   * @return any number
   */
  int generation();

  /**
   * Reads a part, untorn.
   *
   * @param offset in bytes
   * @param width 1, 2, 4 or 8 bytes, all of them inside
   * @return the value, its upper bytes 0
   */
  long read(int offset, int width);

  /**
   * Writes a part, as far as it is the driver's to write.
   *
   * @param offset in bytes
   * @param width 1, 2, 4 or 8 bytes, all of them inside
   * @param value in its lower bytes
   */
  void write(int offset, int width, long value);
}
