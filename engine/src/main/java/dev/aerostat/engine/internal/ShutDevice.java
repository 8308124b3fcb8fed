package dev.aerostat.engine.internal;

import dev.aerostat.balloon.virtio.device.BalloonDevice;
import dev.aerostat.balloon.virtio.device.IgnoredEvents;
import dev.aerostat.engine.turn.DeviceTurn;
import dev.aerostat.mem.virtio.device.MemDevice;
import dev.aerostat.mem.virtio.device.MemEvents;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The devices of an engine that has ended with the gate closed. No DMA can happen, so a guest that
 * still runs gets back at once all that it sends, and its resets take effect at once; {@code
 * DEVICE_NEEDS_RESET} tells its driver that there is no balloon any more. What a guest asks a
 * virtio-mem device to plug is refused.
 *
 * <p>Safe for use by any thread: whichever rings does the reading, one at a time.
 */
@Singleton
final class ShutDevice implements IgnoredEvents, MemEvents {
  /** Reads any queue that holds no more than it has descriptors; a flood then waits for a ring. */
  private static final int MOST_TURNS = 256;

  private final Provider<BalloonDevice> device;
  private final Provider<Optional<MemDevice>> mem;
  private final ReentrantLock reading = new ReentrantLock();
  private final AtomicBoolean woken = new AtomicBoolean();
  private volatile boolean shut;

  @Inject
  ShutDevice(Provider<BalloonDevice> device, Provider<Optional<MemDevice>> mem) {
    this.device = device;
    this.mem = mem;
  }

  /**
   * Takes the device over, when nobody else reads it any more.
   *
   * @param resetHeld whether a reset was told to the state machine and is not complete
   * @param stopHeld whether a stop was
   */
  void begin(boolean resetHeld, boolean stopHeld) {
    if (shut) {
      return;
    }
    shut = true;
    try {
      reading.lock();
      try {
        device.get().fail();
        if (resetHeld) {
          device.get().completeReset();
        } else if (stopHeld) {
          device.get().completeStop();
        }
        device.get().acknowledgeAll();
      } finally {
        mem.get().ifPresent(MemDevice::end);
        reading.unlock();
      }
    } finally {
      boolean _ = wake();
    }
  }

  /** Reads the device if it is shut; returns false if it is not, and somebody else must. */
  boolean wake() {
    if (!shut) {
      return false;
    }
    woken.set(true);
    // A callback may ring again: then the loop that called it goes round once more.
    while (woken.get() && !reading.isHeldByCurrentThread() && reading.tryLock()) {
      try {
        if (woken.getAndSet(false)) {
          read();
        }
      } finally {
        reading.unlock();
      }
    }
    return true;
  }

  @SuppressWarnings("CatchingUnchecked") // Guest memory may be gone: the VMM closed it.
  private void read() {
    try {
      boolean more = true;
      for (int i = 0; more && i < MOST_TURNS; i++) {
        more = device.get().process(this, DeviceTurn.PFNS);
        more |= mem.get().isPresent() && read(mem.get().get());
      }
    } catch (Throwable broken) {
      SafeLog.log(Level.WARNING, "the device of a closed engine could not be read", broken);
    }
  }

  private boolean read(MemDevice plugs) {
    boolean more = plugs.process(this, DeviceTurn.PFNS);
    plugs.end();
    return more;
  }

  @Override
  public void driverReady() {
    device.get().fail();
  }

  @Override
  public void deflateEnd(int token, long pages) {
    device.get().acknowledge(token);
  }

  @Override
  public void resetRequested() {
    device.get().completeReset();
  }

  @Override
  public void stopRequested() {
    device.get().completeStop();
  }

  /** Nothing is mapped any more, so nothing is given. */
  @Override
  public void plugAsked(long firstPage, long endPage) {
    mem.get().ifPresent(MemDevice::refusePlug);
  }

  @Override
  public void plugDropped() {}

  @Override
  public void unplugged(long pages) {}
}
