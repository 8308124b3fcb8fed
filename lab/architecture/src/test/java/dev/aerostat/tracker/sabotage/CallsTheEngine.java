package dev.aerostat.tracker.sabotage;

import dev.aerostat.engine.EngineSettings;

/** A tracker that knows who uses it. */
public final class CallsTheEngine {
  static long guestMinimumBytes(long memoryBytes) {
    return EngineSettings.usualGuestMinimumBytes(memoryBytes);
  }
}
