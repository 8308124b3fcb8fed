package dev.aerostat.virtio;

/** The bits of the device status field (virtio 1.2, section 2.1). */
public final class DeviceStatus {
  /** The driver has noticed the device. */
  public static final int ACKNOWLEDGE = 1;

  /** The driver knows how to drive it. */
  public static final int DRIVER = 2;

  /** The driver is set up. */
  public static final int DRIVER_OK = 4;

  /** Device and driver agree on features. */
  public static final int FEATURES_OK = 8;

  /** The device met an error that only a reset ends. */
  public static final int NEEDS_RESET = 64;

  /** The driver has given up. */
  public static final int FAILED = 128;

  private DeviceStatus() {}
}
