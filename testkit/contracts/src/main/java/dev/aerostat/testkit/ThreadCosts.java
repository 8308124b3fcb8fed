package dev.aerostat.testkit;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongUnaryOperator;

/** What work costs the calling thread, however loaded the machine is. */
final class ThreadCosts {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final int TURNS = 12;

  private ThreadCosts() {}

  /**
   * Takes turns until the second piece of work, at its fastest, takes no longer than the bound for
   * the first at its fastest, or has had turns enough: a turn of bad luck does not count.
   *
   * @param bound from nanoseconds of the first to nanoseconds of the second
   * @return the nanoseconds of processor time of each
   */
  static long[] nanosByTurns(Runnable one, Runnable other, LongUnaryOperator bound) {
    // Warm first: a bound that is a multiple of uncompiled code would let anything pass.
    long warm = nanos(one);
    for (int turn = 1; turn < TURNS / 4; turn++) {
      warm = Math.min(warm, nanos(one));
    }
    var least = new long[] {warm, nanos(other)};
    for (int turn = 1; turn < TURNS && least[1] > bound.applyAsLong(least[0]); turn++) {
      if (turn == TURNS / 4 && least[1] > 8 * bound.applyAsLong(least[0])) {
        break; // No luck makes up for that.
      }
      least[0] = Math.min(least[0], nanos(one));
      least[1] = Math.min(least[1], nanos(other));
    }
    return least;
  }

  private static long nanos(Runnable work) {
    long before = THREADS.getCurrentThreadCpuTime();
    work.run();
    return THREADS.getCurrentThreadCpuTime() - before;
  }

  /** Returns the fewest bytes that one of several runs allocates: a compiler's own do not count. */
  static long leastBytes(Runnable work) {
    long least = Long.MAX_VALUE;
    for (int turn = 0; turn < TURNS; turn++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      work.run();
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }
}
