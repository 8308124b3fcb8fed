package dev.aerostat.simulation;

import java.util.OptionalLong;

/** When what happened: looked at after each event, so each time is exact. */
final class Milestones {
  private static final long NEVER = -1;

  private final long memoryPages;
  private long inflated = NEVER;
  private long dmaReady = NEVER;
  private long fullyMapped = NEVER;
  private long balloonEmpty = NEVER;
  private long plugged = NEVER;
  private long mappedAtGate;
  private boolean everBallooned;

  private long lastMapped;
  private long lastBallooned;
  private long lastUnplugged;
  private long lastChange;
  private long lastMap;

  Milestones(long memoryPages) {
    this.memoryPages = memoryPages;
  }

  /** Looks at a guest without a virtio-mem device. */
  void look(long now, long ballooned, long mapped, boolean ready, long target) {
    look(now, ballooned, mapped, ready, target, 0);
  }

  void look(long now, long ballooned, long mapped, boolean ready, long target, long unplugged) {
    if (mapped != lastMapped) {
      lastMap = now;
    }
    if (ballooned != lastBallooned || mapped != lastMapped) {
      lastBallooned = ballooned;
      lastMapped = mapped;
      lastChange = now;
    }
    if (unplugged != lastUnplugged) {
      lastUnplugged = unplugged;
      lastChange = now;
      if (plugged == NEVER && unplugged == 0) {
        plugged = now;
      }
    }
    everBallooned |= ballooned > 0;
    if (inflated == NEVER && ballooned > 0 && ballooned >= target) {
      inflated = now;
    }
    if (fullyMapped == NEVER && mapped == memoryPages) {
      fullyMapped = now;
    }
    if (balloonEmpty == NEVER && everBallooned && ballooned == 0) {
      balloonEmpty = now;
    }
    if (dmaReady == NEVER && ready) {
      dmaReady = now;
      mappedAtGate = mapped;
      lastChange = now;
    }
  }

  /** Called when a driver loads: that nothing moved before is no standstill of what it does. */
  void driverLoads(long now) {
    lastChange = now;
  }

  /**
   * Returns whether nothing is left to happen: all is mapped, handed back, and open to the device.
   */
  boolean done() {
    return allMapped() && lastBallooned == 0 && lastUnplugged == 0;
  }

  /** Returns whether all is mapped and open to the device. */
  boolean allMapped() {
    return dmaReady != NEVER && lastMapped == memoryPages;
  }

  /** Returns the time since memory was last mapped, ballooned, handed back or plugged. */
  long standstill(long now) {
    return now - lastChange;
  }

  /** Returns the time since memory was last mapped. */
  long mappingStandstill(long now) {
    return now - lastMap;
  }

  /** Returns the pages that were mapped when the gate opened, 0 if it never did. */
  long mappedAtGate() {
    return mappedAtGate;
  }

  BootReport.Timeline timeline() {
    return new BootReport.Timeline(
        optional(inflated),
        optional(dmaReady),
        optional(fullyMapped),
        optional(balloonEmpty),
        optional(plugged));
  }

  private static OptionalLong optional(long nanos) {
    return nanos == NEVER ? OptionalLong.empty() : OptionalLong.of(nanos);
  }
}
