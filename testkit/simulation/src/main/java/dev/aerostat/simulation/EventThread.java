package dev.aerostat.simulation;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BooleanSupplier;

/**
 * The engine's event thread on a virtual clock. It does one thing at a time, which takes time; what
 * comes meanwhile waits. A turn is as in the threaded runner: {@value #EVENTS_A_TURN} events, the
 * wishes, a read of the device, {@value #EVENTS_A_TURN} timers.
 *
 * <p>While it works, guest and host go on. How long a read of the device takes is known only while
 * it is read. So its time is charged bit by bit ({@link #work}), what the read causes happens
 * {@link #after} the work so far, and the clock follows at the next look at who waits.
 */
class EventThread {
  private static final int EVENTS_A_TURN = 64;

  private final VirtualClock clock;
  private final Queue<Runnable> events = new ArrayDeque<>();
  private final Queue<Runnable> timers = new ArrayDeque<>();
  private final Runnable turn = this::turn;
  private BooleanSupplier readDevice = () -> false;
  private Runnable grantWish = () -> {};
  private boolean deviceWoken;
  private boolean wished;
  private boolean awake;
  private long work;

  /** Creates a thread that sleeps until something comes. */
  EventThread(VirtualClock clock) {
    this.clock = clock;
  }

  /**
   * Sets what a turn calls.
   *
   * @param device reads the device and returns whether there is more to read
   * @param wish passes on that the guest wants DMA
   */
  final void does(BooleanSupplier device, Runnable wish) {
    readDevice = device;
    grantWish = wish;
  }

  /** Adds an event, such as a completion. */
  final void post(Runnable event) {
    events.add(event);
    wake();
  }

  /** Adds a timer that is due. */
  final void timerDue(Runnable timer) {
    timers.add(timer);
    wake();
  }

  /** Lets the device be read. */
  final void wakeDevice() {
    deviceWoken = true;
    wake();
  }

  /** Called when the guest wishes for DMA: many wishes before the next turn are one. */
  void wishDma() {
    wished = true;
    wake();
  }

  /** Passes a wish on, which takes time. */
  final void grantWish() {
    clock.pass(EventCosts.WISH);
    grantWish.run();
  }

  /** Charges for what is being read, in nanoseconds. */
  final void work(long nanos) {
    work += nanos;
  }

  /** Returns the nanoseconds that were charged and have not passed on the clock yet. */
  final long workUnderWay() {
    return work;
  }

  /** Lets something happen so many nanoseconds after the work so far. */
  final void after(long nanos, Runnable action) {
    clock.after(work + nanos, action);
  }

  /** Lets the work so far pass, and returns whether anything but the device waits then. */
  boolean othersWait() {
    passWork();
    return !events.isEmpty() || !timers.isEmpty();
  }

  private void wake() {
    if (!awake) {
      awake = true;
      after(0, turn);
    }
  }

  private void turn() {
    run(events);
    if (wished) {
      wished = false;
      grantWish();
    }
    if (deviceWoken) {
      deviceWoken = false;
      work(EventCosts.TURN);
      // Read apart: what wakes the device while it is read must not be overwritten.
      boolean more = readDevice.getAsBoolean();
      deviceWoken |= more;
      passWork();
    }
    run(timers);
    awake = false;
    if (deviceWoken || wished || !events.isEmpty() || !timers.isEmpty()) {
      wake();
    }
  }

  private void run(Queue<Runnable> waiting) {
    for (int i = 0; i < EVENTS_A_TURN; i++) {
      Runnable next = waiting.poll();
      if (next == null) {
        return;
      }
      clock.pass(EventCosts.EVENT);
      next.run();
    }
  }

  private void passWork() {
    long passed = work;
    work = 0;
    clock.pass(passed);
  }
}
