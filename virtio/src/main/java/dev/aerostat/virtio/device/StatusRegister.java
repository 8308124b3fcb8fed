package dev.aerostat.virtio.device;

import dev.aerostat.virtio.DeviceStatus;
import dev.aerostat.virtio.VirtioMistake;

/**
 * The device status field, whether a reset is held, and what features were agreed on.
 *
 * <p>Safe for use by any thread. Writes take turns, so that no write of another vCPU slips in
 * between the judgement of one and its effect; reads take no lock.
 */
final class StatusRegister {
  /** What became of a request for a reset. */
  enum Reset {
    /** The device was as after a reset, and all the driver had set is forgotten. */
    DONE,
    /** From now on a reset is held. */
    HELD,
    /** A reset was held already. */
    HELD_BEFORE
  }

  private static final int RESET_HELD = 1 << 8;
  private static final int FIELD = 0xff;
  private static final int SET_FREELY =
      DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER | DeviceStatus.FAILED;

  private final DeviceIdentity identity;
  private final MistakeSink mistakes;
  private volatile int word;
  private volatile long agreed;
  private long chosen;

  /** Creates the register of a device that was just reset; what it reports needs no reset. */
  StatusRegister(DeviceIdentity identity, MistakeSink mistakes) {
    this.identity = identity;
    this.mistakes = mistakes;
  }

  int read() {
    return word & FIELD;
  }

  /** The features in force: 0 until FEATURES_OK. */
  long agreed() {
    return agreed;
  }

  boolean resetHeld() {
    return has(RESET_HELD);
  }

  /** True once the driver runs and until it asks for a reset. */
  boolean running() {
    return (word & (DeviceStatus.DRIVER_OK | RESET_HELD)) == DeviceStatus.DRIVER_OK;
  }

  private boolean has(int bit) {
    return (word & bit) != 0;
  }

  /** Writes the driver's choice of features, which {@link #write} judges. */
  void choose(long features) {
    if (!chose(features)) {
      mistakes.report(VirtioMistake.OUT_OF_STEP);
    }
  }

  private synchronized boolean chose(long features) {
    if (has(DeviceStatus.FEATURES_OK)) {
      return false;
    }
    if (!resetHeld()) {
      chosen = features;
    }
    return true;
  }

  /**
   * Adds the driver's bits unless a reset is held; a driver clears bits by a reset only. Returns
   * whether the driver has started by that.
   */
  boolean write(int bits) {
    int before;
    int now;
    synchronized (this) {
      if (resetHeld()) {
        return false;
      }
      before = word;
      now = before | (bits & SET_FREELY);
      if ((bits & DeviceStatus.FEATURES_OK) != 0 && agrees()) {
        now |= DeviceStatus.FEATURES_OK;
      }
      if ((now & DeviceStatus.FEATURES_OK) != 0) {
        now |= bits & DeviceStatus.DRIVER_OK;
      }
      word = now;
    }
    // Without the lock: whoever is told may log, and a log may wait.
    int refused = bits & ~now;
    if ((refused & DeviceStatus.FEATURES_OK) != 0) {
      mistakes.report(VirtioMistake.FEATURES_REFUSED);
    }
    if ((refused & DeviceStatus.DRIVER_OK) != 0) {
      mistakes.report(VirtioMistake.OUT_OF_STEP);
    }
    return (now & ~before & DeviceStatus.DRIVER_OK) != 0;
  }

  private boolean agrees() {
    if (has(DeviceStatus.FEATURES_OK) || !identity.accepts(chosen)) {
      return false;
    }
    agreed = chosen;
    return true;
  }

  /**
   * Holds a reset, which {@code hold} is told of before anybody can complete it; where the status
   * is 0 already, forgets at once all that was set without it.
   */
  synchronized Reset requestReset(Runnable forget, Runnable hold) {
    if (resetHeld()) {
      return Reset.HELD_BEFORE;
    }
    if (word == 0) {
      clear(forget);
      return Reset.DONE;
    }
    hold.run();
    word |= RESET_HELD;
    return Reset.HELD;
  }

  /** Forgets everything, the status last: from then on the driver sets the device up anew. */
  synchronized void clear(Runnable forget) {
    forget.run();
    chosen = 0;
    agreed = 0;
    word = 0;
  }

  /** Sets DEVICE_NEEDS_RESET; returns whether the driver is up and must be told. */
  synchronized boolean needReset() {
    int before = word;
    if (before != 0) {
      word = before | DeviceStatus.NEEDS_RESET;
    }
    int told = DeviceStatus.DRIVER_OK | DeviceStatus.NEEDS_RESET | RESET_HELD;
    return (before & told) == DeviceStatus.DRIVER_OK;
  }
}
