package dev.aerostat.cli.serve;

import dev.aerostat.api.Gate;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.cli.options.GatePolicy;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.simulation.BootWatcher;
import dev.aerostat.vfio.user.EarlyDmaAnswer;
import dev.aerostat.vfio.user.GuestMemoryHost;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The engine of the guest whose devices are passed through: it comes with the guest's memory, and
 * goes with it. Safe for use by any thread.
 */
final class PassthroughGuest implements GuestMemoryHost, EarlyDmaAnswer {
  private final PassthroughSettings settings;
  private final DmaMapper mapper;
  private final Gate gate;
  private final ServeLog log;
  private final Runnable plug;
  private final LateInterrupts interrupts = new LateInterrupts();
  private int count;
  private Optional<Running> running = Optional.empty();

  /** An engine at work, and what is told of it. */
  private static final class Running {
    private final AsyncDmaMap engine;
    private final GuestMemory memory;
    private final GuestEventLog diary;
    private final GuestProgressListener watch;
    private boolean driverUp;
    private boolean held;

    Running(
        AsyncDmaMap engine, GuestMemory memory, GuestEventLog diary, GuestProgressListener watch) {
      this.engine = engine;
      this.memory = memory;
      this.diary = diary;
      this.watch = watch;
    }
  }

  /**
   * Creates a guest that has not come.
   *
   * @param mapper of the devices; it stays the caller's
   * @param gate of all devices
   * @param plug plugs the devices, or has somebody do it; run once for each guest, with {@code
   *     plug}
   */
  PassthroughGuest(
      PassthroughSettings settings, DmaMapper mapper, Gate gate, ServeLog log, Runnable plug) {
    this.settings = settings;
    this.mapper = mapper;
    this.gate = gate;
    this.log = log;
    this.plug = plug;
  }

  // --- The guest's memory -----------------------------------------------------------------------

  @Override
  public synchronized void shared(GuestMemory memory) throws IOException {
    count++;
    log.tellOf(count, ServeEvent.connected(count));
    var diary = new GuestEventLog(count, log);
    try {
      running = Optional.of(start(memory, diary));
    } catch (RuntimeException refusal) {
      diary.complain(ServeEvent.sessionFailed(String.valueOf(refusal.getMessage())));
      throw new IOException(refusal.getMessage(), refusal);
    }
  }

  private Running start(GuestMemory memory, GuestEventLog diary) {
    EngineSettings its = settings.engine(memory);
    var watch = new GuestProgressListener(diary, Optional.empty(), BootWatcher.none(), () -> 0);
    AsyncDmaMap engine =
        AsyncDmaMap.builder(memory, new KeptMapper(mapper), gate)
            .settings(its)
            .device(settings.balloon())
            .interrupts(interrupts)
            .listener(watch)
            .build();
    diary.happened(
        GuestMilestone.MEMORY_SHARED,
        ServeEvent.memoryShared(memory.bytes(), memory.regionCount(), its.guestMinimumBytes()));
    if (settings.policy() == GatePolicy.PLUG) {
      var _ = engine.dmaReady().thenRunAsync(plug, PassthroughGuest::onThreadOfItsOwn);
    }
    engine.start();
    return new Running(engine, memory, diary, watch);
  }

  /** Whoever plugs waits for the VMM. */
  private static void onThreadOfItsOwn(Runnable work) {
    var _ = Thread.ofPlatform().daemon().name("aerostat-plug").start(work);
  }

  @Override
  public synchronized CompletableFuture<Void> mayGoOn() {
    return settings.policy() == GatePolicy.SYNC
        ? running.orElseThrow().engine.dmaReady()
        : CompletableFuture.completedFuture(null);
  }

  @Override
  public void gone() {
    Running its;
    synchronized (this) {
      its = running.orElseThrow();
      running = Optional.empty();
    }
    its.watch.close();
    try {
      its.engine.close();
    } finally {
      its.diary.gone();
      its.diary.end(PassthroughEvent.gone(its.diary.number(), its.engine.counters()));
    }
  }

  @Override
  public synchronized Optional<Throwable> failure() {
    return running.flatMap(it -> it.watch.failure());
  }

  // --- Its balloon ------------------------------------------------------------------------------

  /** Where the interrupts of its balloon go. */
  LateInterrupts interrupts() {
    return interrupts;
  }

  /**
   * Returns the engine, for a front end that shares the guest's memory.
   *
   * @param shared as the front end has it
   * @throws IOException if the guest has not come, or this is another's memory
   */
  synchronized AsyncDmaMap engineOf(GuestMemory shared) throws IOException {
    Running its =
        running.orElseThrow(
            () ->
                new IOException(
                    "the guest's balloon comes before its memory: give the VMM the device of %s"
                        .formatted(settings.memorySocket().orElse(settings.sockets().getFirst()))));
    boolean known =
        shared.regions().stream()
            .allMatch(
                region ->
                    its.memory
                        .regionOf(region.range().start())
                        .filter(it -> region.range().end() <= it.range().end())
                        .isPresent());
    if (!known) {
      throw new IOException(
          "the balloon's memory is not that of the devices: %s, expected parts of %s"
              .formatted(
                  shared.regions().stream().map(it -> it.range().toString()).toList(),
                  its.memory.regions().stream().map(it -> it.range().toString()).toList()));
    }
    return its.engine;
  }

  /** Notes that the balloon's driver is up. */
  synchronized void driverUp(long features) {
    running.ifPresent(
        its -> {
          its.driverUp = true;
          boolean large = ((features >>> settings.balloon().hugePageFeatureBit()) & 1) != 0;
          its.diary.driverUp(ServeSettings.balloonPage(large));
        });
  }

  // --- A guest that asks too early --------------------------------------------------------------

  /**
   * Firmware asks before any driver is up, and does no DMA with a device that it has no driver for:
   * it is answered at once. A driver waits, as long as its VMM does.
   */
  @Override
  public synchronized CompletableFuture<Void> asked(CompletableFuture<Void> gateOpen) {
    if (running.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    Running its = running.get();
    boolean hold = settings.policy() == GatePolicy.HOLD;
    if (hold && !its.driverUp) {
      its.diary.happened(PassthroughEvent.earlyDmaOfFirmware());
      return CompletableFuture.completedFuture(null);
    }
    its.engine.dmaWanted();
    if (!hold || its.held) {
      its.diary.happened(PassthroughEvent.earlyDmaLost());
      return CompletableFuture.completedFuture(null);
    }
    its.held = true;
    its.diary.happened(PassthroughEvent.earlyDmaHeld(settings.budget()));
    return gateOpen
        .copy()
        .completeOnTimeout(null, settings.budget().toMillis(), TimeUnit.MILLISECONDS);
  }
}
