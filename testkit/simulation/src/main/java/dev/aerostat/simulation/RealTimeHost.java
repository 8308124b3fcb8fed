package dev.aerostat.simulation;

import dev.aerostat.api.Gate;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.AsyncDmaMapBuilder;
import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.engine.EngineListener;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.engine.GranulePlan;
import dev.aerostat.engine.turn.PluginFailure;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.observer.Observer;
import dev.aerostat.virtio.VirtioDevice;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * The engine on its own threads with a mapper of this host, a guest on a thread of its own, in real
 * time, and the observer between them.
 *
 * <p>The observer looks before the guest takes an interrupt, so no message's buffer is written anew
 * unseen, and before anybody hears of a used buffer, so no acknowledgement is judged late.
 */
final class RealTimeHost
    implements BootedHost, DeviceInterrupts, EngineListener, Gate, ReplayClock {
  private static final long STANDSTILL_NANOS = 30_000_000_000L;
  private static final long LOOK_MILLIS = 5;

  private final ScheduledExecutorService vcpu =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("vcpu-0").daemon().factory());
  private final CompletableFuture<Void> failure = new CompletableFuture<>();
  private final long start = System.nanoTime();
  private final GuestMemory memory;
  private final TimedMapper mapper;
  private final Observer observer;
  private final Milestones milestones;
  private final AsyncDmaMap engine;
  private volatile IntConsumer queueInterrupt = queue -> {};
  private volatile Runnable configInterrupt = () -> {};
  private volatile LongSupplier guestBalloon = () -> 0;
  private volatile LongSupplier guestTarget = () -> Long.MAX_VALUE;
  private volatile boolean gateOpen;
  private volatile String lastRefusal = "";

  /**
   * Plans and builds; nothing runs yet.
   *
   * @param memory the guest's RAM, which outlives this
   * @param opened the mapper; closed with this
   * @param settings the engine's
   * @param around what else stands between engine and mapper
   * @param changes what else the engine is built with
   */
  RealTimeHost(
      GuestMemory memory,
      DmaMapper opened,
      EngineSettings settings,
      UnaryOperator<DmaMapper> around,
      UnaryOperator<AsyncDmaMapBuilder> changes) {
    this.memory = memory;
    this.mapper = new TimedMapper(opened);
    long planned = GranulePlan.of(memory, opened.limits(), settings.reservedEntries()).count();
    this.observer = new Observer(memory, settings.mapFailurePolicy(), planned, this::now);
    this.milestones = new Milestones(memory.pages());
    this.engine =
        changes
            .apply(
                AsyncDmaMap.builder(
                    memory,
                    around.apply(observer.observe(mapper, () -> 0)),
                    observer.observe((Gate) this)))
            .settings(settings)
            .interrupts(this)
            .listener(this)
            .build();
  }

  AsyncDmaMap engine() {
    return engine;
  }

  VirtioDevice device() {
    return engine.device();
  }

  Observer observer() {
    return observer;
  }

  boolean isGateOpen() {
    return gateOpen;
  }

  /** Sets who is interrupted, on the guest's thread. */
  void connect(IntConsumer queue, Runnable config) {
    queueInterrupt = queue;
    configInterrupt = config;
  }

  /** Sets how large the guest's balloon is and shall be, in pages, so that milestones are seen. */
  void guestBalloon(LongSupplier pages, LongSupplier targetPages) {
    guestBalloon = pages;
    guestTarget = targetPages;
  }

  /**
   * Starts the engine and waits until all is mapped and the guest has come to its end, or nothing
   * moves any more.
   */
  void run(BooleanSupplier guestHasMore, BootWatcher watcher) {
    watcher.started(memory);
    observer.tellWaits(watcher::deflateReturned);
    engine.start();
    while (!over(guestHasMore.getAsBoolean())) {
      watcher.progressed(now(), engine.progress());
      pause();
    }
    watcher.progressed(now(), engine.progress());
  }

  private boolean over(boolean guestHasMore) {
    throwFailure();
    synchronized (milestones) {
      look();
      return (!guestHasMore && milestones.allMapped())
          || milestones.standstill(now()) >= STANDSTILL_NANOS;
    }
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK_MILLIS);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interruption);
    }
  }

  /** Throws what ended the guest's thread, or the engine, if something did. */
  void throwFailure() {
    if (failure.isCompletedExceptionally()) {
      switch (failure.exceptionNow()) {
        case RuntimeException thrown -> throw thrown;
        case Throwable thrown -> throw new IllegalStateException(thrown);
      }
    }
  }

  private void look() {
    synchronized (milestones) {
      milestones.look(
          now(), guestBalloon.getAsLong(), mapper.mappedPages(), gateOpen, guestTarget.getAsLong());
    }
  }

  // --- What the guest stands on -----------------------------------------------------------------

  @Override
  public long now() {
    return System.nanoTime() - start;
  }

  @Override
  public void after(long nanos, Runnable action) {
    var _ = vcpu.schedule(() -> guarded(action), nanos, TimeUnit.NANOSECONDS);
  }

  private void guarded(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error thrown) {
      failure.completeExceptionally(thrown);
    }
  }

  @Override
  public void queue(int queue) {
    observer.poll();
    after(
        0,
        () -> {
          observer.poll();
          queueInterrupt.accept(queue);
          look();
        });
  }

  @Override
  public void config() {
    after(0, () -> configInterrupt.run());
  }

  // --- What the engine asks for ---------------------------------------------

  @Override
  public void refused(HostRefusedException refusal, int attempt, long retryNanos) {
    lastRefusal = String.valueOf(refusal.getMessage());
  }

  @Override
  public void failed(Throwable cause) {
    failure.completeExceptionally(
        new IllegalStateException("the engine failed: " + PluginFailure.describe(cause), cause));
  }

  @Override
  public void open(Runnable done) {
    gateOpen = true;
    look();
    done.run();
  }

  @Override
  public void close(Runnable done) {
    gateOpen = false;
    done.run();
  }

  // --- What a report is made of -----------------------------------------------------------------

  @Override
  public Outcome outcome() {
    return new Outcome(
        memory.bytes(),
        engine.counters(),
        mapper.costs(),
        milestones,
        BootReport.Plug.NONE,
        observer,
        lastRefusal);
  }

  @Override
  public void close() {
    observer.closing();
    engine.close();
    vcpu.shutdownNow();
    vcpu.close();
  }
}
