package dev.aerostat.virtio.device;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.QueuePosition;
import dev.aerostat.virtio.QueueSetup;
import dev.aerostat.virtio.QueueStop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

/**
 * Where the driver placed its queues, which are enabled, and which of them the event thread uses.
 *
 * <p>The event thread follows what others asked for: it {@linkplain #take takes} the changes and
 * reports when it has {@linkplain #letGo let go} of a queue.
 *
 * <p>Safe for use by any thread; a call holds the lock for a few instructions.
 */
public final class QueueRegisters {
  /**
   * What the event thread is to do with its queues: bit sets of indexes.
   *
   * @param open those to open
   * @param stop those to stop
   * @param resume those to go on with
   */
  public record Changes(int open, int stop, int resume) {}

  private final LayoutCheck check;
  private final int possible;
  private final int maxSize;
  private final List<QueueRegister> queues = new ArrayList<>();
  private boolean stopIsSafe;

  /** Read by the event thread each turn, so without the lock. */
  private volatile boolean changed;

  /**
   * Creates the registers of queues that are off.
   *
   * @param memory the guest's RAM
   * @param possible the indexes that some driver may use: a bit set
   * @param maxSize the largest number of descriptors in a queue
   */
  public QueueRegisters(GuestMemory memory, int possible, int maxSize) {
    this.check = new LayoutCheck(memory, maxSize);
    this.possible = possible;
    this.maxSize = maxSize;
    int count = Integer.SIZE - Integer.numberOfLeadingZeros(possible);
    for (int index = 0; index < count; index++) {
      queues.add(new QueueRegister());
    }
  }

  /**
   * Returns how many queues there are.
   *
   * @return one more than the highest index
   */
  public int count() {
    return queues.size();
  }

  int maxSize(int index) {
    return exists(index) ? maxSize : 0;
  }

  private boolean exists(int index) {
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

  /**
   * Returns where a queue was last placed.
   *
   * @param index of the queue
   * @return nothing if it was not placed since the last reset
   */
  public synchronized Optional<QueueLayout> layout(int index) {
    return exists(index) ? queues.get(index).layout : Optional.empty();
  }

  synchronized boolean isEnabled(int index) {
    return exists(index) && queues.get(index).enabled;
  }

  // --- The event thread -------------------------------------------------------------------------

  /**
   * Returns whether there is anything to take. Costs one volatile read.
   *
   * @return true if {@link #take} is to be called
   */
  public boolean changed() {
    return changed;
  }

  /**
   * Returns what was asked for since the last call; the queues to open and resume count as in use.
   *
   * @return what to do
   */
  public synchronized Changes take() {
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

  /**
   * Returns the queues that were in use since the last reset.
   *
   * @return a bit set of indexes
   */
  public synchronized int opened() {
    int opened = 0;
    for (int index = 0; index < queues.size(); index++) {
      opened |= queues.get(index).opened ? 1 << index : 0;
    }
    return opened;
  }

  /**
   * Called when the event thread touches the queue no more, until it takes it again.
   *
   * @param index of the queue
   * @param position where it stands
   */
  public synchronized void letGo(int index, QueuePosition position) {
    QueueRegister queue = queues.get(index);
    queue.stopAsked = false;
    queue.inUse = false;
    queue.position = position;
    changed |= queue.enabled;
  }

  /**
   * Returns whether a queue is stopped that may be so because the driver is gone.
   *
   * @return true if a stop for {@code PERHAPS_RESET} lasts
   */
  public synchronized boolean driverMayBeGone() {
    return queues.stream().anyMatch(queue -> queue.perhapsReset);
  }

  /**
   * Sets whether a reset would do no harm, from now on and until no such queue is stopped any more.
   *
   * @param safe whether stops may complete
   */
  public synchronized void stopIsSafe(boolean safe) {
    stopIsSafe = safe;
  }

  /** Completes what nothing is left to wait for. */
  public void completeStops() {
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
