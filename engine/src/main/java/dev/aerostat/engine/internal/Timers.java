package dev.aerostat.engine.internal;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.PriorityQueue;
import java.util.function.IntConsumer;

/** The state machine's timers, on the event thread's own clock. */
@Singleton
final class Timers {
  private final Inbox inbox;
  private final PriorityQueue<Timer> pending = new PriorityQueue<>();
  private long sequence;

  @Inject
  Timers(Inbox inbox) {
    this.inbox = inbox;
  }

  void start(int id, long nanos) {
    pending.add(new Timer(System.nanoTime() + nanos, sequence++, id));
    inbox.wakeReader();
  }

  /** Fires what is due, the earliest first and at most {@code most} of them. */
  void fireDue(int most, IntConsumer fired) {
    long now = System.nanoTime();
    for (int i = 0; i < most; i++) {
      Timer next = pending.peek();
      if (next == null || next.at - now > 0) {
        return;
      }
      pending.remove();
      fired.accept(next.id);
    }
  }

  boolean isDue() {
    Timer next = pending.peek();
    return next != null && next.at - System.nanoTime() <= 0;
  }

  /** Returns the nanoseconds to the next timer, or {@code most} if that is further away. */
  long untilNext(long most) {
    Timer next = pending.peek();
    return next == null ? most : Math.clamp(next.at - System.nanoTime(), 0, most);
  }

  private record Timer(long at, long sequence, int id) implements Comparable<Timer> {
    @Override
    public int compareTo(Timer other) {
      long first = at - other.at;
      return first != 0 ? Long.signum(first) : Long.compare(sequence, other.sequence);
    }
  }
}
