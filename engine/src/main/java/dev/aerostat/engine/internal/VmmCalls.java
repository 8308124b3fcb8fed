package dev.aerostat.engine.internal;

import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Calls what the VMM wants to be told, and outlives whatever that throws.
 *
 * <p>Safe for use by any thread.
 */
final class VmmCalls {
  private final String whose;
  private final AtomicLong thrown = new AtomicLong();

  /**
   * @param whose names what is called, for the log
   */
  VmmCalls(String whose) {
    this.whose = whose;
  }

  @SuppressWarnings("CatchingUnchecked") // The VMM's code may throw what it does not declare.
  void call(Runnable call) {
    try {
      call.run();
    } catch (Throwable mistake) {
      // The guest decides how often it is interrupted: the log must not grow as it likes.
      long count = thrown.incrementAndGet();
      if (Long.bitCount(count) == 1) {
        SafeLog.log(
            Level.WARNING,
            "%s threw, %d times so far; it is called again all the same".formatted(whose, count),
            mistake);
      }
    }
  }
}
