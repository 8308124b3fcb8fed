package dev.aerostat.virtio.device;

import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.QueuePosition;
import dev.aerostat.virtio.QueueSetup;
import dev.aerostat.virtio.QueueStop;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What is known of one queue; {@link QueueRegisters} holds the lock. */
final class QueueRegister {
  private static final int INDEX_MASK = 0xffff;

  /** Where the driver placed it. */
  Optional<QueueLayout> layout = Optional.empty();

  /** Whether it is to be used. */
  boolean enabled;

  /** Whether the event thread has used it since the last reset, so that its place is settled. */
  boolean opened;

  /** Whether the event thread may touch it now. */
  boolean inUse;

  /** Whether the event thread has yet to let it go, however short. */
  boolean stopAsked;

  /** Whether it is stopped, and perhaps so because the driver is gone. */
  boolean perhapsReset;

  /** Where the event thread has let it go. */
  QueuePosition position = new QueuePosition(0, false);

  private Optional<CompletableFuture<QueuePosition>> stop = Optional.empty();

  /** Judges where a queue is to go on that was in use: only where it stopped. */
  QueueSetup judgeRestart(QueueLayout next) {
    if (inUse || enabled) {
      return QueueSetup.TOO_LATE;
    }
    QueueLayout last = layout.orElseThrow();
    boolean same =
        next.size() == last.size()
            && next.descriptorArea() == last.descriptorArea()
            && next.driverArea() == last.driverArea()
            && next.deviceArea() == last.deviceArea()
            && (next.firstIndex() & INDEX_MASK) == position.nextAvailable();
    return same ? QueueSetup.ACCEPTED : QueueSetup.RESET_FIRST;
  }

  CompletableFuture<QueuePosition> disable(QueueStop meaning) {
    enabled = false;
    if (opened) {
      stopAsked = inUse;
      perhapsReset |= meaning == QueueStop.PERHAPS_RESET;
    } else {
      position =
          new QueuePosition(layout.map(QueueLayout::firstIndex).orElse(0) & INDEX_MASK, false);
    }
    stop = Optional.of(stop.orElseGet(CompletableFuture::new));
    return stop.get();
  }

  /** The event thread uses it from now on. */
  void begin() {
    opened = true;
    inUse = true;
    perhapsReset = false;
  }

  /** What completes the stop, if there is one that has nothing left to wait for. */
  Optional<Runnable> takeStopped(boolean safe) {
    if (stopAsked || (perhapsReset && !safe)) {
      return Optional.empty();
    }
    QueuePosition at = position;
    Optional<Runnable> done = stop.map(waiting -> () -> waiting.complete(at));
    stop = Optional.empty();
    return done;
  }

  void clear() {
    layout = Optional.empty();
    enabled = false;
    opened = false;
    inUse = false;
    stopAsked = false;
    perhapsReset = false;
  }
}
