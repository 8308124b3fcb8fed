package dev.aerostat.engine.internal;

import dev.aerostat.api.Gate;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * The VMM's gate, and what is known of it whatever the VMM does: at most one change is under way, a
 * {@code done} that comes twice or too late is ignored, and a change that throws has ended with DMA
 * possible.
 *
 * <p>Changes are begun by whoever has the turn; the rest is safe for use by any thread.
 */
@Singleton
final class GuardedGate {
  private enum Phase {
    CLOSED,
    OPENING,
    OPEN,
    CLOSING
  }

  /** One stay in a phase. Compared by identity: a {@code done} ends only the change it is of. */
  private record Stay(Phase phase, long sinceNanos) {}

  private final Gate gate;
  private final Inbox inbox;
  private final AtomicReference<Stay> stay =
      new AtomicReference<>(new Stay(Phase.CLOSED, System.nanoTime()));

  @Inject
  GuardedGate(Gate gate, Inbox inbox) {
    this.gate = gate;
    this.inbox = inbox;
  }

  /** Opens the gate, which must be closed; {@code done} is then posted to the inbox. */
  void open(Runnable done) {
    change(Phase.CLOSED, Phase.OPENING, Phase.OPEN, gate::open, done);
  }

  /** Closes the gate, which must be open; {@code done} is then posted to the inbox. */
  void close(Runnable done) {
    change(Phase.OPEN, Phase.CLOSING, Phase.CLOSED, gate::close, done);
  }

  @SuppressWarnings("CatchingUnchecked") // The VMM's code may throw what it does not declare.
  private void change(
      Phase before, Phase during, Phase after, Consumer<Runnable> command, Runnable done) {
    if (stay.get().phase() != before) {
      throw new IllegalStateException(
          "the gate is %s, expected %s".formatted(stay.get().phase(), before));
    }
    long now = System.nanoTime();
    var change = new Stay(during, now);
    var changed = new Stay(after, now);
    var unknown = new Stay(Phase.OPEN, now);
    stay.set(change);
    try {
      command.accept(
          () -> {
            if (stay.compareAndSet(change, changed)) {
              inbox.post(done);
            }
          });
    } catch (Throwable thrown) {
      boolean _ = stay.compareAndSet(change, unknown);
      throw thrown;
    }
  }

  /** Returns whether no DMA can happen. */
  boolean isClosed() {
    return stay.get().phase() == Phase.CLOSED;
  }

  /** Returns whether {@link #close} may be called: DMA may happen, and no change is under way. */
  boolean isOpen() {
    return stay.get().phase() == Phase.OPEN;
  }

  /** Returns whether a change of the gate has been under way for so many nanoseconds. */
  boolean hangs(long nanos) {
    Stay now = stay.get();
    boolean moves = now.phase() == Phase.OPENING || now.phase() == Phase.CLOSING;
    return moves && System.nanoTime() - now.sinceNanos() > nanos;
  }

  /** Returns whether the gate is not closed and has not moved for so many nanoseconds. */
  boolean isStuck(long nanos) {
    Stay now = stay.get();
    return now.phase() != Phase.CLOSED && System.nanoTime() - now.sinceNanos() > nanos;
  }
}
