package dev.aerostat.engine.internal;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What other threads have for the event thread: events, each of which answers a command of the
 * state machine or has a thread that waits for it, so that their number is bounded; {@link Wishes};
 * and whether the device has something to read. The latter is a flag, so that a guest's
 * notification allocates nothing.
 */
@Singleton
final class Inbox {
  private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
  private final Wishes wishes = new Wishes();
  private final AtomicBoolean deviceWoken = new AtomicBoolean();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile @Nullable Thread reader;

  @Inject
  Inbox() {}

  void readBy(Thread thread) {
    reader = thread;
  }

  boolean isReader() {
    return Thread.currentThread() == reader;
  }

  /** Adds an event. One that cannot be kept {@link #fail fails} the engine: it is not lost. */
  @SuppressWarnings("CatchingUnchecked") // Out of memory, most likely.
  void post(Runnable event) {
    try {
      events.add(event);
      wakeReader();
    } catch (Throwable lost) {
      fail(lost);
    }
  }

  /** Has the event thread fail safe for something that happened on this one. */
  void fail(Throwable cause) {
    boolean _ = failure.compareAndSet(null, cause);
    wakeReader();
  }

  /** Returns the wishes; whoever adds one then {@link #wakeReader wakes the reader}. */
  Wishes wishes() {
    return wishes;
  }

  boolean hasEvents() {
    return !events.isEmpty();
  }

  /**
   * Returns if nothing has failed on another thread.
   *
   * @throws IllegalStateException if something has: the cause says what
   */
  void requireNoFailure() {
    Throwable cause = failure.get();
    if (cause != null) {
      throw new IllegalStateException("the engine failed on another of its threads", cause);
    }
  }

  /** Returns what another thread failed of, if one did. */
  Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  /** Wakes the event thread, to look again how long it may wait. */
  void wakeReader() {
    if (!isReader()) {
      LockSupport.unpark(reader);
    }
  }

  void wakeDevice() {
    deviceWoken.set(true);
    wakeReader();
  }

  boolean takeDeviceWoken() {
    return deviceWoken.getAndSet(false);
  }

  @Nullable Runnable poll() {
    return events.poll();
  }

  /** Waits for something to come, or for {@code nanos}; may return early. */
  void await(long nanos) {
    // A callback may have left the flag, and no park waits while it is set.
    boolean _ = Thread.interrupted();
    if (events.isEmpty() && wishes.isEmpty() && !deviceWoken.get()) {
      LockSupport.parkNanos(this, nanos);
    }
  }

  /** Waits for an event to come, or for {@code nanos}; may return early. */
  void awaitEvent(long nanos) {
    boolean _ = Thread.interrupted();
    if (events.isEmpty()) {
      LockSupport.parkNanos(this, nanos);
    }
  }
}
