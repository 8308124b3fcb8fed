package dev.aerostat.vfio.user;

/**
 * Interrupts of a device, as {@code VFIO_DEVICE_GET_IRQ_INFO} of linux/vfio.h describes them.
 * Immutable.
 *
 * @param index 0 to 4
 * @param flags 1 by eventfd, 2 maskable, 4 masked when it fires, 8 of a number that cannot grow
 * @param count how many, 0 or more
 */
public record DeviceInterrupts(int index, int flags, int count) {
  /** By eventfd, maskable, and masked when it fires: a pin. */
  public static final int PIN_FLAGS = 7;

  /** By eventfd, in a number that is set once: messages. */
  public static final int MESSAGE_FLAGS = 9;
}
