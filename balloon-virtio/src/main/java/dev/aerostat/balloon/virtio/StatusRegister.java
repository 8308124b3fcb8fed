package dev.aerostat.balloon.virtio;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The device status field, and whether a reset is held: one atomic word, so that no write of a vCPU
 * slips in between the two.
 */
final class StatusRegister {
  private static final int RESET_HELD = 1 << 8;
  private static final int FIELD = 0xff;
  private static final int DRIVER_BITS =
      DeviceStatus.ACKNOWLEDGE
          | DeviceStatus.DRIVER
          | DeviceStatus.DRIVER_OK
          | DeviceStatus.FEATURES_OK
          | DeviceStatus.FAILED;

  private final AtomicInteger word = new AtomicInteger();

  int read() {
    return word.get() & FIELD;
  }

  boolean has(int bit) {
    return (word.get() & bit) != 0;
  }

  boolean resetHeld() {
    return has(RESET_HELD);
  }

  /** True if queues and features may still change. */
  boolean beforeDriverOk() {
    return (word.get() & (DeviceStatus.DRIVER_OK | RESET_HELD)) == 0;
  }

  /** True once the driver runs and until it asks for a reset. */
  boolean running() {
    return (word.get() & (DeviceStatus.DRIVER_OK | RESET_HELD)) == DeviceStatus.DRIVER_OK;
  }

  /** Holds a reset; returns false if there is nothing to reset or one is held already. */
  boolean holdReset() {
    int before = word.getAndUpdate(now -> now == 0 ? 0 : now | RESET_HELD);
    return before != 0 && (before & RESET_HELD) == 0;
  }

  /** Adds the driver's bits unless a reset is held. A driver clears bits by a reset only. */
  void add(int bits) {
    word.updateAndGet(now -> (now & RESET_HELD) != 0 ? now : now | (bits & DRIVER_BITS));
  }

  /** Sets DEVICE_NEEDS_RESET; returns whether the driver is up and must be told. */
  boolean needReset() {
    int before = word.getAndUpdate(now -> now == 0 ? 0 : now | DeviceStatus.NEEDS_RESET);
    int told = DeviceStatus.DRIVER_OK | DeviceStatus.NEEDS_RESET | RESET_HELD;
    return (before & told) == DeviceStatus.DRIVER_OK;
  }

  void clear() {
    word.set(0);
  }
}
