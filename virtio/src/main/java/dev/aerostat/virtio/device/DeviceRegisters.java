package dev.aerostat.virtio.device;

import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.QueuePosition;
import dev.aerostat.virtio.QueueSetup;
import dev.aerostat.virtio.QueueStop;
import dev.aerostat.virtio.VirtioDevice;
import dev.aerostat.virtio.VirtioMistake;
import java.lang.invoke.VarHandle;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The registers of a device of any class. A transport gets them as a {@link VirtioDevice}; the
 * methods that this class adds are for the device's own event thread.
 */
public final class DeviceRegisters implements VirtioDevice {
  /** The device that the registers are of. */
  public interface Owner {
    /**
     * Called by any thread when there is work for the event thread. Called once, and again only
     * after {@link DeviceRegisters#beginTurn}. Must not block.
     */
    void wake();

    /** Called by any thread, under a lock, when the driver is forgotten. Must not block. */
    void driverForgotten();

    /**
     * Returns where a queue stands that was in use when the driver is forgotten.
     *
     * @param queue index of the queue
     * @return where its ring stands
     */
    QueuePosition position(int queue);
  }

  private final DeviceIdentity identity;
  private final DeviceConfig config;
  private final QueueRegisters queues;
  private final StatusRegister status;
  private final MistakeSink mistakes;
  private final Owner owner;
  private final AtomicBoolean awake = new AtomicBoolean();

  /** Of the reset that is held, or of the last one. */
  private volatile CompletableFuture<Void> resetDone = CompletableFuture.completedFuture(null);

  /**
   * Creates the registers of a device that was just reset.
   *
   * @param identity what the device presents
   * @param config its config space
   * @param queues its queues
   * @param mistakes counts what the driver gets wrong here; none of it needs a reset
   * @param owner the device
   */
  public DeviceRegisters(
      DeviceIdentity identity,
      DeviceConfig config,
      QueueRegisters queues,
      MistakeSink mistakes,
      Owner owner) {
    this.identity = identity;
    this.config = config;
    this.queues = queues;
    this.status = new StatusRegister(identity, mistakes);
    this.mistakes = mistakes;
    this.owner = owner;
  }

  // --- The transport, any thread ----------------------------------------------------------------

  @Override
  public int deviceId() {
    return identity.deviceId();
  }

  @Override
  public long offeredFeatures() {
    return identity.offered();
  }

  @Override
  public void writeDriverFeatures(long features) {
    status.choose(features);
  }

  @Override
  public long negotiatedFeatures() {
    return status.agreed();
  }

  @Override
  public int status() {
    return status.read();
  }

  @Override
  public void writeStatus(int bits) {
    if (bits == 0) {
      var _ = requestReset();
    } else if (status.write(bits)) {
      wakeUp();
    }
  }

  @Override
  public CompletableFuture<Void> reset() {
    return requestReset().copy();
  }

  @Override
  public int configSize() {
    return config.size();
  }

  @Override
  public int configGeneration() {
    return config.generation();
  }

  @Override
  public long readConfig(int offset, int width) {
    return allows(offset, width) ? config.read(offset, width) : 0;
  }

  @Override
  public void writeConfig(int offset, int width, long value) {
    if (allows(offset, width)) {
      config.write(offset, width, value);
    }
  }

  private boolean allows(int offset, int width) {
    boolean knownWidth = width == 1 || width == 2 || width == 4 || width == 8;
    boolean allowed = knownWidth && offset >= 0 && offset <= config.size() - width;
    if (!allowed) {
      mistakes.report(VirtioMistake.CONFIG_ACCESS);
    }
    return allowed;
  }

  @Override
  public int queueCount() {
    return queues.count();
  }

  @Override
  public int maxQueueSize(int index) {
    return queues.maxSize(index);
  }

  @Override
  public QueueSetup configureQueue(int index, QueueLayout layout) {
    return judged(status.resetHeld() ? QueueSetup.TOO_LATE : queues.configure(index, layout));
  }

  @Override
  public QueueSetup enableQueue(int index) {
    QueueSetup verdict = judged(status.resetHeld() ? QueueSetup.TOO_LATE : queues.enable(index));
    if (verdict == QueueSetup.ACCEPTED && status.running()) {
      wakeUp();
    }
    return verdict;
  }

  @Override
  public CompletableFuture<QueuePosition> disableQueue(int index, QueueStop meaning) {
    CompletableFuture<QueuePosition> stopped = queues.disable(index, meaning);
    wakeUp();
    return stopped;
  }

  @Override
  public Optional<QueueLayout> queueLayout(int index) {
    return queues.layout(index);
  }

  @Override
  public boolean isQueueEnabled(int index) {
    return queues.isEnabled(index);
  }

  @Override
  public void notifyQueue(int index) {
    wakeUp();
  }

  private CompletableFuture<Void> requestReset() {
    // Made before the reset is held, so that whoever completes it finds it.
    var done = new CompletableFuture<Void>();
    return switch (status.requestReset(this::forgetDriver, () -> resetDone = done)) {
      case HELD -> {
        wakeUp();
        yield done;
      }
      case DONE, HELD_BEFORE -> resetDone;
    };
  }

  /** Called under the status register's lock, by any thread. */
  private void forgetDriver() {
    queues.clear(owner::position);
    owner.driverForgotten();
  }

  private QueueSetup judged(QueueSetup verdict) {
    // A driver that begins anew makes no mistake: its transport could not tell of the reset.
    if (verdict != QueueSetup.ACCEPTED && verdict != QueueSetup.RESET_FIRST) {
      mistakes.report(VirtioMistake.QUEUE_REFUSED);
    }
    return verdict;
  }

  // --- The device -------------------------------------------------------------------------------

  /** Wakes the event thread, unless it was woken since its last turn began. Any thread may. */
  public void wakeUp() {
    if (awake.compareAndSet(false, true)) {
      owner.wake();
    }
  }

  /** Begins a turn: what comes from now on wakes the event thread again. */
  public void beginTurn() {
    // Cleared before the rings are looked at: what comes later wakes us again.
    if (awake.get()) {
      awake.set(false);
      VarHandle.fullFence();
    }
  }

  /**
   * Returns whether a reset was asked for and is not complete.
   *
   * @return true until {@link #completeReset}
   */
  public boolean isResetHeld() {
    return status.resetHeld();
  }

  /**
   * Returns whether the driver is up.
   *
   * @return true from DRIVER_OK on, until it asks for a reset
   */
  public boolean isRunning() {
    return status.running();
  }

  /**
   * Forgets the driver: all queues off, nothing negotiated, status 0. Whoever waits for the reset
   * is not answered yet.
   *
   * @return to be completed once the device, too, has forgotten the driver
   */
  public CompletableFuture<Void> completeReset() {
    CompletableFuture<Void> done = resetDone;
    status.clear(this::forgetDriver);
    return done;
  }

  /**
   * Sets DEVICE_NEEDS_RESET (virtio 1.2, section 2.1.2). Any thread may.
   *
   * @return whether the driver is up and does not know yet, so that it must be interrupted
   */
  public boolean needReset() {
    return status.needReset();
  }
}
