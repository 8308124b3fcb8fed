package dev.aerostat.mapper.vfio.machine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Callable;

/** Waits for what another thread is to bring about. */
final class Eventually {
  private static final long DEADLINE_NANOS = 120_000_000_000L;

  private Eventually() {}

  static void until(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + DEADLINE_NANOS;
    while (!condition.call()) {
      assertTrue(System.nanoTime() < deadline, "waited too long");
      Thread.sleep(5);
    }
  }
}
