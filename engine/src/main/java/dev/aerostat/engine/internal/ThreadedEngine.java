package dev.aerostat.engine.internal;

import dev.aerostat.api.EngineCounters;
import dev.aerostat.api.Granules;
import dev.aerostat.api.Pages;
import dev.aerostat.api.Progress;
import dev.aerostat.balloon.virtio.BalloonCounters;
import dev.aerostat.balloon.virtio.device.BalloonDevice;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.EngineListener;
import dev.aerostat.engine.core.EngineCore;
import dev.aerostat.engine.events.EngineEvents;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mem.virtio.MemCounters;
import dev.aerostat.mem.virtio.device.MemDevice;
import dev.aerostat.virtio.VirtioDevice;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** An engine with threads of its own. */
@Singleton
final class ThreadedEngine implements AsyncDmaMap {
  private enum Life {
    BUILT,
    STARTED,
    CLOSED
  }

  private final Granules granules;
  private final BalloonDevice device;
  private final Optional<MemDevice> mem;
  private final EngineCore core;
  private final EventLoop loop;
  private final Inbox inbox;
  private final HostWorkers workers;
  private final DmaMapper mapper;
  private final GuardedGate gate;
  private final FailSafe failSafe;
  private final SafeListener listeners;
  private final EngineEvents events;
  private final Thread thread;
  private final AtomicReference<Life> life = new AtomicReference<>(Life.BUILT);

  /** Held while the engine closes, for others to wait. */
  private final Object closing = new Object();

  @Inject
  ThreadedEngine(
      Granules granules,
      BalloonDevice device,
      Optional<MemDevice> mem,
      EngineCore core,
      EventLoop loop,
      Inbox inbox,
      HostWorkers workers,
      DmaMapper mapper,
      GuardedGate gate,
      FailSafe failSafe,
      SafeListener listeners,
      EngineEvents events) {
    this.granules = granules;
    this.device = device;
    this.mem = mem;
    this.core = core;
    this.loop = loop;
    this.inbox = inbox;
    this.workers = workers;
    this.mapper = mapper;
    this.gate = gate;
    this.failSafe = failSafe;
    this.listeners = listeners;
    this.events = events;
    this.thread = Thread.ofPlatform().name("aerostat-events").daemon().unstarted(loop);
  }

  @Override
  public VirtioDevice device() {
    return device.registers();
  }

  @Override
  public BalloonCounters deviceCounters() {
    return ask(device::counters);
  }

  @Override
  public Optional<VirtioDevice> memDevice() {
    return mem.map(MemDevice::registers);
  }

  @Override
  public Optional<MemCounters> memCounters() {
    return mem.map(it -> ask(it::counters));
  }

  @Override
  public void start() {
    // Not under the lock of close(), which a callback that starts the engine would wait for.
    synchronized (life) {
      if (!life.compareAndSet(Life.BUILT, Life.STARTED)) {
        throw new IllegalStateException("an engine starts once; this one is " + life);
      }
      inbox.readBy(thread);
      events.started(granules, false);
      events.wantTotalsBy(this::wantTotals);
      thread.start();
    }
  }

  @Override
  public void notifyQueue(int queue) {
    if (!loop.readDeviceHere()) {
      device.registers().notifyQueue(queue);
    }
  }

  @Override
  public void dmaWanted() {
    inbox.wishes().dma();
    inbox.wakeReader();
  }

  @Override
  public void operatorTarget(long bytes) {
    long most = granules.memory().bytes() - pluggableBytes();
    if (bytes < 0 || bytes > most || bytes % Pages.SIZE != 0) {
      throw new IllegalArgumentException(
          "an operator's target of %d bytes: expected whole pages of %d, 0 to the guest's %d bytes"
              .formatted(bytes, Pages.SIZE, most));
    }
    inbox.wishes().target(Pages.ofBytes(bytes));
    inbox.wakeReader();
  }

  private long pluggableBytes() {
    return mem.map(it -> it.settings().region().length()).orElse(0L);
  }

  @Override
  public void requestMemory(long bytes) {
    long block = mem.map(it -> it.settings().blockBytes()).orElse(Pages.SIZE);
    if (bytes < 0 || bytes > pluggableBytes() || bytes % block != 0) {
      throw new IllegalArgumentException(
          "a request for %d bytes: expected whole blocks of %d, 0 to the virtio-mem device's %d bytes"
              .formatted(bytes, block, pluggableBytes()));
    }
    inbox.wishes().request(Pages.ofBytes(bytes));
    inbox.wakeReader();
  }

  @Override
  public void requestStatistics() {
    inbox.wishes().statistics();
    inbox.wakeReader();
  }

  private void wantTotals() {
    inbox.wishes().totals();
    inbox.wakeReader();
  }

  @Override
  public void addListener(EngineListener listener) {
    listeners.add(listener);
  }

  @Override
  public void removeListener(EngineListener listener) {
    listeners.remove(listener);
  }

  @Override
  public CompletableFuture<Void> dmaReady() {
    // Not copy(): the copy of a cancelled future is one that failed.
    var ready = new CompletableFuture<Void>();
    var _ =
        loop.dmaReady()
            .whenComplete(
                (_, failure) -> {
                  if (failure == null) {
                    ready.complete(null);
                  } else if (failure instanceof CancellationException) {
                    ready.cancel(false);
                  } else {
                    ready.completeExceptionally(failure);
                  }
                });
    return ready;
  }

  @Override
  public Progress progress() {
    return ask(core::progress);
  }

  @Override
  public EngineCounters counters() {
    return ask(core::counters);
  }

  private boolean isEventThread() {
    return inbox.isReader() || loop.isInTurn();
  }

  private <T> T ask(Supplier<T> supplier) {
    var question = new EventThreadQuery<>(supplier);
    if (isEventThread() || !thread.isAlive()) {
      question.run();
    } else {
      inbox.post(question);
      // The loop may have ended between the look above and the post: then nobody else answers.
      if (loop.hasEnded()) {
        question.run();
      }
    }
    return question.await();
  }

  @Override
  public void close() {
    if (isEventThread()) {
      throw new IllegalStateException(
          "an engine cannot be closed from its own event thread, which would wait for itself");
    }
    if (workers.isWorker()) {
      throw new IllegalStateException(
          "an engine cannot be closed from a call to its mapper, which it would wait for");
    }
    synchronized (closing) {
      Life before = beginClose();
      if (before == Life.CLOSED) {
        return;
      }
      if (before == Life.STARTED) {
        failSafe.closeAsked();
        inbox.post(core::close);
        awaitEnd();
      }
      loop.dmaReady().cancel(false);
      failSafe.shutDevice();
      workers.awaitEnd();
      try {
        closeMapper();
      } finally {
        events.closed();
      }
    }
  }

  private Life beginClose() {
    synchronized (life) {
      return life.getAndSet(Life.CLOSED);
    }
  }

  private void closeMapper() {
    if (gate.isClosed()) {
      mapper.close();
    } else {
      SafeLog.log(
          Level.ERROR,
          "the gate is not closed, so the device may do DMA: all stays mapped, and the mapper is left"
              + " open; stop the device, then close the mapper");
    }
  }

  private void awaitEnd() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException again) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
