package dev.aerostat.guest.sim;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that passes only from one action to the next. */
final class StepClock implements GuestClock {
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingLong(Timer::at).thenComparingLong(Timer::order));
  private long now;
  private long order;

  private record Timer(long at, long order, Runnable action) {}

  @Override
  public void after(long nanos, Runnable action) {
    timers.add(new Timer(now + nanos, order++, action));
  }

  long now() {
    return now;
  }

  boolean step() {
    Timer timer = timers.poll();
    if (timer == null) {
      return false;
    }
    now = timer.at();
    timer.action().run();
    return true;
  }

  /** Runs until nothing is left to do, or so much time has passed. */
  void run(long nanos) {
    long end = now + nanos;
    while (!timers.isEmpty() && timers.element().at() <= end) {
      step();
    }
    now = end;
  }

  void run() {
    while (step()) {
      // Each step is an action.
    }
  }
}
