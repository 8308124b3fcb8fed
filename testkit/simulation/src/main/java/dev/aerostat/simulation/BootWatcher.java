package dev.aerostat.simulation;

import dev.aerostat.api.Progress;

/** Hears how a simulated boot comes along, often enough for a progress bar. */
@FunctionalInterface
public interface BootWatcher {
  /**
   * Called with how far a boot has come.
   *
   * @param nowNanos nanoseconds since the VMM's start
   * @param progress at that moment
   */
  void progressed(long nowNanos, Progress progress);

  /**
   * Returns a watcher that hears nothing.
   *
   * @return one without effect
   */
  static BootWatcher none() {
    return (nowNanos, progress) -> {};
  }
}
