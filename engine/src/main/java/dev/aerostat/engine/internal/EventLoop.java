package dev.aerostat.engine.internal;

import dev.aerostat.api.EngineCounters;
import dev.aerostat.api.Progress;
import dev.aerostat.balloon.virtio.BalloonCounters;
import dev.aerostat.balloon.virtio.device.BalloonDevice;
import dev.aerostat.engine.core.EngineCore;
import dev.aerostat.engine.events.EngineEvents;
import dev.aerostat.engine.turn.DeviceTurn;
import dev.aerostat.mem.virtio.MemCounters;
import dev.aerostat.mem.virtio.device.MemDevice;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The event thread, and whoever does a turn in its place: one thread at a time touches the state
 * machine.
 */
@Singleton
final class EventLoop implements Runnable {
  // Of each kind a turn, so that what comes as fast as it is done keeps nothing else waiting.
  private static final int EVENTS_A_TURN = 64;

  private static final long PROGRESS_NANOS = 100_000_000;
  private static final long END = -1;

  private final EngineCore core;
  private final BalloonDevice device;
  private final Optional<MemDevice> mem;
  private final Inbox inbox;
  private final Timers timers;
  private final FailSafe failSafe;
  private final SafeListener listener;
  private final EngineEvents events;
  private final DeviceTurn deviceTurn;
  private final ReentrantLock turns = new ReentrantLock();
  private final CompletableFuture<Void> dmaReady = new CompletableFuture<>();
  private long progressAt = System.nanoTime();
  private boolean wasOpen;
  private Optional<Standing> told = Optional.empty();
  private boolean running;
  private volatile boolean ended;

  @Inject
  EventLoop(
      EngineCore core,
      BalloonDevice device,
      Optional<MemDevice> mem,
      Inbox inbox,
      Timers timers,
      FailSafe failSafe,
      SafeListener listener,
      EngineEvents events) {
    this.core = core;
    this.device = device;
    this.mem = mem;
    this.inbox = inbox;
    this.timers = timers;
    this.failSafe = failSafe;
    this.listener = listener;
    this.events = events;
    this.deviceTurn = new DeviceTurn(core, device, mem, this::othersWait);
  }

  CompletableFuture<Void> dmaReady() {
    return dmaReady;
  }

  /** Returns whether whoever asks from now on must answer the question himself. */
  boolean hasEnded() {
    return ended;
  }

  /** Returns whether the calling thread is in a turn: it must not wait for one. */
  boolean isInTurn() {
    return turns.isHeldByCurrentThread();
  }

  @Override
  @SuppressWarnings("CatchingUnchecked") // What the VMM brought may throw what it does not declare.
  public void run() {
    try {
      start();
      for (long nanos = turn(); nanos != END; nanos = turn()) {
        inbox.await(nanos);
      }
    } catch (Throwable bug) {
      failSafe.run(inbox.failure().orElse(bug), dmaReady);
    } finally {
      dmaReady.cancel(false);
      failSafe.shutDevice();
      ended = true;
      drainQuestions();
    }
  }

  private void start() {
    turns.lock();
    try {
      inbox.wishes().grant(core, device, events); // Else the guest is shown what nobody wants.
      core.start();
      running = true;
    } finally {
      turns.unlock();
    }
  }

  /** Does what there is to do; returns how long to wait for more, or END. */
  @SuppressWarnings("CatchingUnchecked")
  private long turn() {
    turns.lock();
    try {
      inbox.requireNoFailure();
      failSafe.requireGateMoves();
      runEvents();
      inbox.wishes().grant(core, device, events);
      if (inbox.takeDeviceWoken() && !core.isClosed()) {
        readDevice();
      }
      timers.fireDue(EVENTS_A_TURN, core::timer);
      tellProgress();
      running = !core.isClosed();
      return running ? timers.untilNext(PROGRESS_NANOS) : END;
    } catch (Throwable bug) {
      running = false;
      throw bug;
    } finally {
      turns.unlock();
    }
  }

  private void runEvents() {
    for (int i = 0; i < EVENTS_A_TURN; i++) {
      Runnable event = inbox.poll();
      if (event == null) {
        return;
      }
      event.run();
    }
  }

  private boolean othersWait() {
    return inbox.hasEvents() || timers.isDue() || turns.hasQueuedThreads();
  }

  /**
   * Reads the device on the calling thread, which saves waking another. Returns false if the event
   * thread must do it: it is in a turn or waits for one, or there are none.
   */
  @SuppressWarnings("CatchingUnchecked")
  boolean readDeviceHere() {
    // A tryLock overtakes who waits, and a guest that rings without end would do so without end.
    if (turns.isHeldByCurrentThread() || turns.hasQueuedThreads() || !turns.tryLock()) {
      return false;
    }
    try {
      if (!running) {
        return false;
      }
      readDevice();
    } catch (Throwable bug) {
      running = false;
      inbox.fail(bug);
    } finally {
      turns.unlock();
    }
    return true;
  }

  private void readDevice() {
    if (deviceTurn.read()) {
      inbox.wakeDevice();
    }
  }

  private void tellProgress() {
    long now = System.nanoTime();
    boolean open = core.isDmaReady();
    if (open != wasOpen || core.isClosed() || now - progressAt >= PROGRESS_NANOS) {
      wasOpen = open;
      progressAt = now;
      tell(
          new Standing(
              core.progress(), core.counters(), device.counters(), mem.map(MemDevice::counters)));
      failSafe.warnIfGateHangs();
    }
    if (open) {
      dmaReady.complete(null);
    }
  }

  private void tell(Standing standing) {
    if (!told.equals(Optional.of(standing))) {
      told = Optional.of(standing);
      listener.progressed(standing.progress());
    }
  }

  /** What a listener may ask for when it hears of progress: all of it counts as a change. */
  private record Standing(
      Progress progress,
      EngineCounters engine,
      BalloonCounters device,
      Optional<MemCounters> mem) {}

  private void drainQuestions() {
    for (Runnable event = inbox.poll(); event != null; event = inbox.poll()) {
      if (event instanceof EventThreadQuery<?> question) {
        question.run();
      }
    }
  }
}
