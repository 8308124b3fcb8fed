package dev.aerostat.engine.core;

import java.lang.reflect.Method;

/**
 * Counts what this thread allocates, with {@code com.sun.management.ThreadMXBean}: by reflection,
 * since the engine's own module has no use for {@code jdk.management}.
 */
final class AllocationMeter {
  private final Object threads;
  private final Method allocated;

  AllocationMeter() throws ReflectiveOperationException {
    threads =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    allocated =
        Class.forName("com.sun.management.ThreadMXBean")
            .getMethod("getCurrentThreadAllocatedBytes");
  }

  /** Returns the fewest bytes that one of several runs allocates, the meter's own not counted. */
  long leastBytes(Runnable action) throws ReflectiveOperationException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      long own = bytes(() -> {});
      least = Math.min(least, bytes(action) - own);
    }
    return Math.max(0, least);
  }

  private long bytes(Runnable action) throws ReflectiveOperationException {
    long before = (long) allocated.invoke(threads);
    action.run();
    return (long) allocated.invoke(threads) - before;
  }
}
