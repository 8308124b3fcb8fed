package dev.aerostat.mapper.spi;

import java.util.concurrent.locks.LockSupport;

/**
 * Where a simulated host puts the time that its operations cost. A mapper of real hardware costs
 * what it costs and never calls it.
 */
@FunctionalInterface
public interface CostMeter {
  /**
   * Spends time on behalf of the operation under way on this thread: by waiting, or by noting it
   * down for a virtual clock.
   *
   * @param nanos nanoseconds, 0 or more
   */
  void spend(long nanos);

  /**
   * Spends time by waiting.
   *
   * @return a meter in real time, safe for use by any thread
   */
  static CostMeter realTime() {
    return nanos -> {
      long end = System.nanoTime() + nanos;
      for (long left = nanos; left > 0; left = end - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
    };
  }
}
