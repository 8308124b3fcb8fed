package dev.aerostat.virtio;

/**
 * What a driver can get wrong: {@link VirtioMistake} with any device, and what a class of device
 * adds. A mistake is counted and skipped, and its chain still returned; it never throws.
 *
 * <p>Implemented by enums, so a mistake is equal to itself only.
 */
public interface GuestMistake {
  /**
   * Returns the mistake's name.
   *
   * @return an enum constant's name, one among all mistakes of a device
   */
  String name();

  /**
   * Returns whether device and driver no longer agree after it, so that only a reset helps (virtio
   * 1.2, section 2.1.2).
   *
   * @return true if the device sets DEVICE_NEEDS_RESET
   */
  boolean needsReset();
}
