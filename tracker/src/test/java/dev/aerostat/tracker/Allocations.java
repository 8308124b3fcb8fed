package dev.aerostat.tracker;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Counts what this thread allocates. */
final class Allocations {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Allocations() {}

  /** Returns the fewest bytes that one of several runs allocates: a compiler's own do not count. */
  static long leastOf(Runnable work) {
    long least = Long.MAX_VALUE;
    for (int run = 0; run < 5; run++) {
      least = Math.min(least, during(work));
    }
    return least;
  }

  static long during(Runnable work) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    work.run();
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }
}
