package dev.aerostat.balloon.virtio;

import dev.aerostat.api.GuestMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

/**
 * Where the driver placed its queues, which are enabled, and which of them the event thread uses.
 *
 * <p>The event thread follows what others asked for: it {@linkplain #take takes} the changes and
 * says when it has {@linkplain #letGo let go} of a queue.
 *
 * <p>Safe for use by any thread; a call holds the lock for a few instructions.
 */
final class QueueRegisters {
  /** What the event thread is to do with its queues: bit sets of indexes. */
  record Changes(int open, int stop, int resume) {}

  private final LayoutCheck check;
  private final int possible;
  private final List<QueueRegister> queues = new ArrayList<>();
  private boolean stopIsSafe;

  /** Read by the event thread each turn, so without the lock. */
  private volatile boolean changed;

  QueueRegisters(GuestMemory memory, int possible, int maxSize) {
    this.check = new LayoutCheck(memory, maxSize);
    this.possible = possible;
    int count = Integer.SIZE - Integer.numberOfLeadingZeros(possible);
    for (int index = 0; index < count; index++) {
      queues.add(new QueueRegister());
    }
  }

  /** One more than the highest index. */
  int count() {
    return queues.size();
  }

  boolean exists(int index) {
    return index >= 0 && index < queues.size() && ((possible >>> index) & 1) != 0;
  }

  // --- The transport ----------------------------------------------------------------------------

  synchronized QueueSetup configure(int index, QueueLayout layout) {
    if (!exists(index)) {
      return QueueSetup.NO_SUCH_QUEUE;
    }
    QueueRegister queue = queues.get(index);
    if (queue.opened) {
      return queue.judgeRestart(layout);
    }
    QueueSetup verdict = check.judge(layout);
    queue.enabled = false;
    queue.layout = verdict == QueueSetup.ACCEPTED ? Optional.of(layout) : Optional.empty();
    return verdict;
  }

  synchronized QueueSetup enable(int index) {
    if (!exists(index)) {
      return QueueSetup.NO_SUCH_QUEUE;
    }
    QueueRegister queue = queues.get(index);
    if (queue.layout.isEmpty()) {
      return QueueSetup.NOT_CONFIGURED;
    }
    queue.enabled = true;
    changed = true;
    return QueueSetup.ACCEPTED;
  }

  /** Completed here where nothing is left to wait for, else by the event thread. */
  CompletableFuture<QueuePosition> disable(int index, QueueStop meaning) {
    if (!exists(index)) {
      return CompletableFuture.completedFuture(new QueuePosition(0, false));
    }
    CompletableFuture<QueuePosition> stopped;
    synchronized (this) {
      stopped = queues.get(index).disable(meaning).copy();
      changed = true;
    }
    completeStops();
    return stopped;
  }

  synchronized Optional<QueueLayout> layout(int index) {
    return exists(index) ? queues.get(index).layout : Optional.empty();
  }

  synchronized boolean isEnabled(int index) {
    return exists(index) && queues.get(index).enabled;
  }

  // --- The event thread -------------------------------------------------------------------------

  boolean changed() {
    return changed;
  }

  /** What was asked for since the last call; the queues to open and resume count as in use. */
  synchronized Changes take() {
    changed = false;
    int open = 0;
    int stop = 0;
    int resume = 0;
    for (int index = 0; index < queues.size(); index++) {
      QueueRegister queue = queues.get(index);
      if (queue.stopAsked) {
        stop |= 1 << index;
      } else if (queue.enabled && !queue.inUse) {
        open |= queue.opened ? 0 : 1 << index;
        resume |= queue.opened ? 1 << index : 0;
        queue.begin();
      }
    }
    return new Changes(open, stop, resume);
  }

  /** The queues that were in use since the last reset. */
  synchronized int opened() {
    int opened = 0;
    for (int index = 0; index < queues.size(); index++) {
      opened |= queues.get(index).opened ? 1 << index : 0;
    }
    return opened;
  }

  /** The event thread touches the queue no more, until it takes it again. */
  synchronized void letGo(int index, QueuePosition position) {
    QueueRegister queue = queues.get(index);
    queue.stopAsked = false;
    queue.inUse = false;
    queue.position = position;
    changed |= queue.enabled;
  }

  /** Whether a queue is stopped that may be so because the driver is gone. */
  synchronized boolean driverMayBeGone() {
    return queues.stream().anyMatch(queue -> queue.perhapsReset);
  }

  /** From now on, and until no such queue is stopped any more, a reset would do no harm. */
  synchronized void stopIsSafe(boolean safe) {
    stopIsSafe = safe;
  }

  /** Completes what nothing is left to wait for. */
  void completeStops() {
    var done = new ArrayList<Runnable>();
    synchronized (this) {
      for (QueueRegister queue : queues) {
        queue.takeStopped(stopIsSafe).ifPresent(done::add);
      }
    }
    // Outside the lock: whoever waits may call back.
    done.forEach(Runnable::run);
  }

  /** Forgets everything; those who wait for a stop are answered by {@link #completeStops}. */
  synchronized void clear(IntFunction<QueuePosition> positions) {
    for (int index = 0; index < queues.size(); index++) {
      QueueRegister queue = queues.get(index);
      if (queue.inUse) {
        queue.position = positions.apply(index);
      }
      queue.clear();
    }
    stopIsSafe = false;
    changed = false;
  }
}
