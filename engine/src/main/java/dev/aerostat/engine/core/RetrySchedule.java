package dev.aerostat.engine.core;

import java.util.TreeMap;
import java.util.function.IntConsumer;

/** Which granules the host refused, how often in a row, and how long each rests. */
final class RetrySchedule {
  private static final long FIRST_NANOS = 10_000_000;
  private static final int DOUBLINGS = 7;

  // Sorted, so that a run repeats whatever the order of failures.
  private final TreeMap<Integer, Integer> attempts = new TreeMap<>();
  private final IntQueue rested = new IntQueue();

  int refused(int granule) {
    return attempts.merge(granule, 1, Integer::sum);
  }

  static long restNanos(int attempt) {
    return FIRST_NANOS << Math.min(attempt - 1, DOUBLINGS);
  }

  void rested(int granule) {
    rested.add(granule);
  }

  boolean hasRested() {
    return !rested.isEmpty();
  }

  int nextRested() {
    return rested.remove();
  }

  void succeeded(int granule) {
    if (!attempts.isEmpty()) {
      attempts.remove(granule);
    }
  }

  /** Called once all memory is mapped, which it then stays: nothing is tried again any more. */
  void allMapped() {
    rested.releaseAll();
  }

  void forEachRefused(IntConsumer action) {
    attempts.keySet().forEach(action::accept);
  }
}
