package dev.aerostat.engine.internal;

import dev.aerostat.api.Gate;
import dev.aerostat.balloon.virtio.BalloonDevice;
import dev.aerostat.engine.core.EngineCore;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;

/** The event thread: the only one that touches the state machine. */
@Singleton
final class EventLoop implements Runnable {
  private static final System.Logger LOG = System.getLogger(EventLoop.class.getName());

  // Rule 8 of the design: so many PFNs a turn, then completions and timers get theirs.
  private static final int PFNS_A_TURN = 16_384;

  private static final long PROGRESS_NANOS = 100_000_000;

  private final EngineCore core;
  private final BalloonDevice device;
  private final Inbox inbox;
  private final Timers timers;
  private final Gate gate;
  private final SafeListener listener;
  private final CompletableFuture<Void> dmaReady = new CompletableFuture<>();
  private long progressAt = System.nanoTime();
  private boolean wasOpen;
  private volatile boolean ended;

  @Inject
  EventLoop(
      EngineCore core,
      BalloonDevice device,
      Inbox inbox,
      Timers timers,
      Gate gate,
      SafeListener listener) {
    this.core = core;
    this.device = device;
    this.inbox = inbox;
    this.timers = timers;
    this.gate = gate;
    this.listener = listener;
  }

  CompletableFuture<Void> dmaReady() {
    return dmaReady;
  }

  /** Says whether whoever asks from now on must answer the question himself. */
  boolean hasEnded() {
    return ended;
  }

  @Override
  public void run() {
    try {
      core.start();
      while (!core.isClosed()) {
        turn();
        inbox.await(timers.untilNext(PROGRESS_NANOS));
      }
    } catch (RuntimeException | Error bug) {
      failSafe(bug);
    } finally {
      dmaReady.cancel(false);
      ended = true;
      drainQuestions();
    }
  }

  private void turn() {
    for (Runnable event = inbox.poll(); event != null; event = inbox.poll()) {
      event.run();
    }
    if (inbox.takeDeviceWoken() && !core.isClosed()) {
      readDevice();
    }
    timers.fireDue(core::timer);
    tellProgress();
  }

  private void readDevice() {
    boolean more = device.process(core, PFNS_A_TURN);
    core.turnEnded();
    if (more) {
      inbox.wakeDevice();
    }
  }

  private void tellProgress() {
    long now = System.nanoTime();
    boolean open = core.isDmaReady();
    if (open != wasOpen || now - progressAt >= PROGRESS_NANOS) {
      wasOpen = open;
      progressAt = now;
      listener.progressed(core.progress());
    }
    if (open) {
      dmaReady.complete(null);
    }
  }

  /** A bug of ours: no DMA from here on, whatever the books say, and the driver is told. */
  private void failSafe(Throwable bug) {
    LOG.log(
        Level.ERROR, "the engine failed: its gate closes, the balloon device needs a reset", bug);
    gate.close(() -> {});
    device.fail();
  }

  private void drainQuestions() {
    for (Runnable event = inbox.poll(); event != null; event = inbox.poll()) {
      if (event instanceof Question<?> question) {
        question.run();
      }
    }
  }
}
