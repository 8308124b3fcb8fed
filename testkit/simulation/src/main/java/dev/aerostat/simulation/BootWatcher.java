package dev.aerostat.simulation;

import dev.aerostat.api.GuestMemory;
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
   * Called once, before anything happens.
   *
   * @param memory the guest's RAM; gone when the run is over
   */
  default void started(GuestMemory memory) {}

  /**
   * Called with each event of a simulated boot or replay, in order; not in real time.
   *
   * @param nowNanos nanoseconds since the VMM's start
   * @param event what happened
   * @param where as {@link BootEvent#place} says: an address, a queue, a message, or 0
   * @param bytes the length of a range of memory, else 0
   * @param amount in the event's {@link BootEvent#unit}
   */
  default void happened(long nowNanos, BootEvent event, long where, long bytes, long amount) {}

  /**
   * Called when the device has returned a deflate message, in real time too: from any thread then.
   * A report's percentiles are of these times.
   *
   * @param waitNanos from the message's availability to its used index, 0 or more
   */
  default void deflateReturned(long waitNanos) {}

  /**
   * Returns a watcher that hears nothing.
   *
   * @return one without effect
   */
  static BootWatcher none() {
    return (nowNanos, progress) -> {};
  }
}
