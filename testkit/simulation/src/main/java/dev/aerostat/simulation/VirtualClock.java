package dev.aerostat.simulation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Time that passes only from one event to the next. Events at the same time happen in the order in
 * which they were asked for, so a run repeats exactly.
 *
 * <p>Not thread-safe: events run on the thread that calls {@link #step()}. An event allocates
 * nothing but what its own action needs.
 */
public final class VirtualClock implements ReplayClock {
  private long[] times = new long[64];
  private long[] tickets = new long[64];
  private @Nullable Runnable[] actions = new Runnable[64];
  private int size;
  private long nextTicket;
  private long now;

  /** Creates a clock at time 0 without events. */
  public VirtualClock() {}

  /**
   * Returns the time.
   *
   * @return nanoseconds, 0 or more
   */
  @Override
  public long now() {
    return now;
  }

  /**
   * Returns the number of events to come.
   *
   * @return 0 or more
   */
  public int pending() {
    return size;
  }

  /**
   * Schedules an action.
   *
   * @param nanos from now on, 0 or more
   * @param action what happens; it may ask for more
   * @throws IllegalArgumentException if {@code nanos} is negative
   * @throws ArithmeticException if that is after the end of time, about 292 years
   */
  @Override
  public void after(long nanos, Runnable action) {
    if (nanos < 0) {
      throw new IllegalArgumentException(
          "an event %d ns from now would be in the past: expected 0 or more".formatted(nanos));
    }
    long time = Math.addExact(now, nanos);
    if (size == times.length) {
      grow();
    }
    siftUp(size++, time, nextTicket++, action);
  }

  /**
   * Runs the next event.
   *
   * @return false if there was none
   */
  public boolean step() {
    if (size == 0) {
      return false;
    }
    now = times[0];
    Runnable action = actions[0];
    size--;
    Runnable last = actions[size];
    actions[size] = null;
    if (size > 0 && last != null) {
      siftDown(times[size], tickets[size], last);
    }
    if (action != null) {
      action.run();
    }
    return true;
  }

  /**
   * Lets time pass, and all that is due in it happen. An action may call this: it then goes on
   * later, and what it let pass has happened.
   *
   * @param nanos from now on, 0 or more
   * @throws IllegalArgumentException if {@code nanos} is negative
   * @throws ArithmeticException if that is after the end of time
   */
  public void pass(long nanos) {
    if (nanos < 0) {
      throw new IllegalArgumentException("%d ns cannot pass: expected 0 or more".formatted(nanos));
    }
    long end = Math.addExact(now, nanos);
    while (size > 0 && times[0] <= end) {
      step();
    }
    now = Math.max(now, end);
  }

  /**
   * Runs events until none is left.
   *
   * @return how many happened
   */
  public long runUntilIdle() {
    long steps = 0;
    while (step()) {
      steps++;
    }
    return steps;
  }

  private void siftUp(int from, long time, long ticket, Runnable action) {
    int hole = from;
    while (hole > 0) {
      int parent = (hole - 1) >>> 1;
      if (!before(time, ticket, parent)) {
        break;
      }
      move(parent, hole);
      hole = parent;
    }
    place(hole, time, ticket, action);
  }

  private void siftDown(long time, long ticket, Runnable action) {
    int hole = 0;
    for (int child = 1; child < size; child = 2 * hole + 1) {
      if (child + 1 < size && before(times[child + 1], tickets[child + 1], child)) {
        child++;
      }
      if (before(time, ticket, child)) {
        break;
      }
      move(child, hole);
      hole = child;
    }
    place(hole, time, ticket, action);
  }

  private boolean before(long time, long ticket, int other) {
    return time < times[other] || (time == times[other] && ticket < tickets[other]);
  }

  private void move(int from, int to) {
    times[to] = times[from];
    tickets[to] = tickets[from];
    actions[to] = actions[from];
  }

  private void place(int at, long time, long ticket, Runnable action) {
    times[at] = time;
    tickets[at] = ticket;
    actions[at] = action;
  }

  private void grow() {
    int capacity = Math.multiplyExact(size, 2);
    times = Arrays.copyOf(times, capacity);
    tickets = Arrays.copyOf(tickets, capacity);
    actions = Arrays.copyOf(actions, capacity);
  }
}
