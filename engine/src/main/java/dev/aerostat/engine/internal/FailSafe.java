package dev.aerostat.engine.internal;

import dev.aerostat.balloon.virtio.device.BalloonDevice;
import dev.aerostat.engine.core.EngineCore;
import dev.aerostat.engine.events.EngineEvents;
import dev.aerostat.engine.turn.PluginFailure;
import dev.aerostat.mem.virtio.device.MemDevice;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * What the event thread does once the engine can no longer trust its books: nothing is opened,
 * mapped or unmapped any more, whatever they say.
 *
 * <p>The driver is told, the gate is closed as soon as no change of it is under way, and then the
 * device is {@linkplain ShutDevice shut}. That ends when the VMM closes the engine and the gate is
 * closed, or will not be.
 */
@Singleton
final class FailSafe {
  private static final long LOOK_NANOS = 100_000_000;

  /** As long as nanoseconds can count. */
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

  private final EngineCore core;
  private final BalloonDevice device;
  private final Optional<MemDevice> mem;
  private final GuardedGate gate;
  private final ShutDevice shut;
  private final Inbox inbox;
  private final SafeListener listener;
  private final EngineEvents events;
  private final BoundedLines gateLines = new BoundedLines(System::nanoTime);
  private final long patienceNanos;
  private volatile boolean closeAsked;
  private volatile long closeAskedAt;

  @Inject
  FailSafe(
      EngineCore core,
      BalloonDevice device,
      Optional<MemDevice> mem,
      GuardedGate gate,
      ShutDevice shut,
      Inbox inbox,
      SafeListener listener,
      EngineEvents events,
      Duration gatePatience) {
    this.core = core;
    this.device = device;
    this.mem = mem;
    this.gate = gate;
    this.shut = shut;
    this.inbox = inbox;
    this.listener = listener;
    this.events = events;
    this.patienceNanos =
        gatePatience.compareTo(LONGEST) < 0 ? gatePatience.toNanos() : Long.MAX_VALUE;
  }

  /** The VMM closes the engine. */
  void closeAsked() {
    closeAskedAt = System.nanoTime();
    closeAsked = true;
  }

  /**
   * Ends a close that has waited for the gate for as long as it may.
   *
   * @throws IllegalStateException if the gate is stuck
   */
  void requireGateMoves() {
    if (isGateStuck()) {
      throw new IllegalStateException(
          "the gate has not said within %d ms that it is closed: a Gate runs done once for each change"
              .formatted(patienceNanos / 1_000_000));
    }
  }

  /** Warns of a gate that has not moved in time, while nobody closes the engine. */
  void warnIfGateHangs() {
    if (gate.hangs(patienceNanos) && gateLines.mayWrite(GuardedGate.class).isPresent()) {
      SafeLog.log(
          Level.WARNING,
          "the gate was told to move and has not said within %d ms that it has; the guest waits for it"
              .formatted(patienceNanos / 1_000_000));
    }
  }

  private boolean isGateStuck() {
    return closeAsked
        && System.nanoTime() - closeAskedAt > patienceNanos
        && gate.isStuck(patienceNanos);
  }

  /**
   * Shuts the device after a failure, reports it once the gate has closed or will not, and waits
   * for the VMM's close.
   *
   * @param dmaReady completes with the failure if it has not completed yet
   */
  void run(Throwable bug, CompletableFuture<Void> dmaReady) {
    attempt(device::fail);
    attempt(() -> mem.ifPresent(MemDevice::fail));
    boolean tried = closeGate();
    SafeLog.log(
        Level.ERROR,
        "the engine failed: its gate closes, the balloon device needs a reset, nothing is mapped or"
            + " unmapped any more; close the engine",
        bug);
    attempt(() -> events.failed(PluginFailure.describe(bug)));
    boolean told = false;
    while (!closeAsked) {
      tried = tried || closeGate();
      shutDevice();
      if (!told && (gate.isClosed() || (tried && gate.isOpen()) || gate.isStuck(patienceNanos))) {
        tell(bug, dmaReady);
        told = true;
      }
      answerQuestions();
      inbox.awaitEvent(LOOK_NANOS);
    }
    // Once more, if it threw before: the VMM may have seen to it.
    for (tried = false; !gate.isClosed() && !isGateStuck() && !(tried && gate.isOpen()); ) {
      tried = tried || closeGate();
      answerQuestions();
      inbox.awaitEvent(LOOK_NANOS);
    }
    if (!told) {
      tell(bug, dmaReady);
    }
  }

  /** The listener first: who waits for the future may count on it. */
  private void tell(Throwable bug, CompletableFuture<Void> dmaReady) {
    listener.failed(bug);
    attempt(() -> dmaReady.completeExceptionally(carried(bug)));
  }

  /** A future prints what it carries, and takes two types for its own. */
  @SuppressWarnings("CatchingUnchecked") // A plugin's exception may throw what it does not declare.
  private static Throwable carried(Throwable bug) {
    if (!(bug instanceof CancellationException || bug instanceof CompletionException)) {
      try {
        String _ = bug.toString();
        return bug;
      } catch (Throwable _) {
        // It is carried as a cause, which nobody prints unasked.
      }
    }
    return new IllegalStateException("the engine failed: " + PluginFailure.describe(bug), bug);
  }

  /** Shuts the device if no DMA can happen; nobody else may read it any more. */
  void shutDevice() {
    if (gate.isClosed()) {
      attempt(() -> shut.begin(core.isResetHeld(), core.isStopHeld()));
    }
  }

  /** Closes the gate unless it is closed or moves; returns whether it did, however that ended. */
  private boolean closeGate() {
    boolean open = gate.isOpen();
    if (open) {
      attempt(() -> gate.close(() -> {}));
    }
    return open;
  }

  /** The rest of what was posted is about books that nobody reads any more. */
  private void answerQuestions() {
    for (Runnable event = inbox.poll(); event != null; event = inbox.poll()) {
      if (event instanceof EventThreadQuery<?> question) {
        question.run();
      }
    }
  }

  @SuppressWarnings("CatchingUnchecked") // One failure must not keep the next step from its turn.
  private static void attempt(Runnable step) {
    try {
      step.run();
    } catch (Throwable broken) {
      SafeLog.log(Level.ERROR, "a step of the engine's failing safe failed", broken);
    }
  }
}
