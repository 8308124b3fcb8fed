package dev.aerostat.mapper.vfio.machine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Waits for what another thread is to bring about. */
final class Eventually {
  private static final long DEADLINE_NANOS = 120_000_000_000L;

  private Eventually() {}

  /**
   * Waits.
   *
   * @param what for what
   * @param seen what is told if that was in vain
   */
  static void until(String what, Callable<Boolean> condition, Supplier<?> seen) throws Exception {
    long deadline = System.nanoTime() + DEADLINE_NANOS;
    while (!condition.call()) {
      assertTrue(
          System.nanoTime() - deadline < 0,
          () -> "waited in vain for %s; seen: %s".formatted(what, seen.get()));
      Thread.sleep(5);
    }
  }
}
