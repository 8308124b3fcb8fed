package dev.aerostat.simulation;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.Gate;
import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.Pages;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.balloon.virtio.device.BalloonDevice;
import dev.aerostat.balloon.virtio.device.BalloonTransport;
import dev.aerostat.engine.EngineListener;
import dev.aerostat.engine.core.CoreSettings;
import dev.aerostat.engine.core.EngineCommands;
import dev.aerostat.engine.core.EngineCore;
import dev.aerostat.engine.core.PlugPlan;
import dev.aerostat.engine.events.EngineEvents;
import dev.aerostat.engine.events.HostWork;
import dev.aerostat.engine.turn.DeviceTurn;
import dev.aerostat.engine.turn.PluginFailure;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mem.virtio.MemSettings;
import dev.aerostat.observer.Observer;
import dev.aerostat.virtio.GuestMistake;
import dev.aerostat.virtio.VirtioDevice;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * The engine, its device and its mapper on a virtual clock, with the observer between them: the
 * second of the state machine's runners, and what boots and replays share.
 *
 * <p>What the event thread does takes virtual time ({@link EventCosts}), and what comes meanwhile
 * waits. Each event of the engine is followed by a look of the observer at the rings.
 */
final class VirtualHost implements BootedHost, EngineCommands, BalloonTransport, Gate {
  private static final System.Logger LOG = System.getLogger("dev.aerostat.simulation");

  // Back-offs end after 1.28 s and a stuck driver's sleeps after 0.2 s: what stands still for so
  // long will not move again.
  private static final long STANDSTILL_NANOS = 30_000_000_000L;

  // Two rings full of pages at random are read in 10 ms.
  private static final long LAST_WORDS_NANOS = 100_000_000;

  private static final long STEPS_A_LOOK = 4_096;

  private final VirtualClock clock;
  private final EventThread thread;
  private final Granules granules;
  private final VirtualMeter meter;
  private final Observer observer;
  private final DmaMapper mapper;
  private final HostMemory hostMemory;
  private final Gate gate;
  private final BalloonDevice device;
  private final Optional<VirtualPlugs> plugs;
  private final EngineCore core;
  private final EngineEvents events;
  private final Milestones milestones;
  private IntConsumer queueInterrupt = queue -> {};
  private Runnable configInterrupt = () -> {};
  private BooleanSupplier moreToCome = () -> false;
  private boolean guestHasEnd = true;
  private Runnable stopGuest = () -> {};
  private LongSupplier guestTarget;
  private BootWatcher watcher = BootWatcher.none();
  private long breaches;
  private String lastRefusal = "";
  private boolean pluginThrew;
  private long mapCalls;
  private long mapNanos;
  private long populateNanos;

  VirtualHost(
      VirtualClock clock,
      EventThread thread,
      Granules granules,
      BalloonTracker tracker,
      DmaMapper mapper,
      VirtualMeter meter,
      CoreSettings settings,
      BalloonSettings deviceSettings,
      Optional<VirtualPlugs> plugs) {
    this.clock = clock;
    this.thread = thread;
    this.granules = granules;
    this.meter = meter;
    this.observer =
        new Observer(granules.memory(), settings.mapFailurePolicy(), granules.count(), clock::now);
    this.mapper = observer.observe(mapper, () -> meter.spent() + thread.workUnderWay());
    this.hostMemory = this.mapper.hostMemory();
    this.gate = observer.observe(this);
    this.device = new BalloonDevice(deviceSettings, granules.memory(), this);
    this.plugs = plugs;
    plugs.ifPresent(this::withhold);
    this.core = new EngineCore(granules, tracker, plugPlan(), settings, this);
    this.events = new EngineEvents(this::engineNanos, EngineListener.none());
    var turn =
        new DeviceTurn(
            core,
            new EventCosts(new WatchedEvents(core, this::happened), granules, thread::work),
            plugs.map(mem -> mem.events(core)).orElse(core),
            device,
            plugs.map(VirtualPlugs::device),
            thread::othersWait);
    thread.does(() -> readDevice(turn), this::dmaWanted);
    this.milestones = new Milestones(granules.memory().pages());
    this.guestTarget = core::targetPages;
  }

  private void withhold(VirtualPlugs mem) {
    MemSettings settings = mem.device().settings();
    observer.withhold(settings.region(), settings.blockBytes());
    mem.watchedBy(this::happened);
  }

  private PlugPlan plugPlan() {
    return plugs.map(mem -> PlugPlan.of(granules, mem.device().settings())).orElse(PlugPlan.NONE);
  }

  /** Sets who is interrupted: not at once, but as the next event at the same time. */
  void connect(IntConsumer queue, Runnable config) {
    queueInterrupt = queue;
    configInterrupt = config;
  }

  /** Sets how large a balloon the guest aims at, where that is not what the engine asks for. */
  void guestTarget(LongSupplier pages) {
    guestTarget = pages;
  }

  /** Sets for how long the run is not over, however quiet it is. */
  void runWhile(BooleanSupplier condition) {
    moreToCome = condition;
  }

  /** Called when the guest asks for DMA: it sets bus mastering of its passthrough device. */
  void wishDma() {
    thread.wishDma();
  }

  /**
   * Called for a guest that goes on forever: the run is over once all is mapped.
   *
   * @param stop stops the guest's virtual processors, as a VMM does before it closes the engine
   */
  void guestEndsOnlyBy(Runnable stop) {
    guestHasEnd = false;
    stopGuest = stop;
  }

  /** Returns the virtio-mem device, which was planned. */
  VirtualPlugs plugs() {
    return plugs.orElseThrow();
  }

  /** Called when the virtio-mem driver is up: its device has no event for that. */
  void plugDriverReady() {
    milestones.driverLoads(clock.now());
    happened(BootEvent.DRIVER_READY);
  }

  VirtioDevice device() {
    return device.registers();
  }

  Observer observer() {
    return observer;
  }

  @Override
  public Outcome outcome() {
    return new Outcome(
        granules.memory().bytes(),
        core.counters(),
        new HostTimes(mapCalls, mapNanos, populateNanos),
        milestones,
        plugs.map(VirtualPlugs::counts).orElse(BootReport.Plug.NONE),
        observer,
        lastRefusal);
  }

  /** Lets time pass until all is done, nothing is left to happen, or nothing moves any more. */
  void run(BootWatcher told) {
    watcher = told;
    events.started(granules, true);
    told.started(granules.memory());
    plugs.ifPresent(VirtualPlugs::started);
    observer.tellWaits(told::deflateReturned);
    event(core::start);
    long steps = 0;
    while (!over() && clock.step()) {
      if (++steps % STEPS_A_LOOK == 0) {
        watcher.progressed(clock.now(), core.progress());
        events.totals(core);
      }
    }
    watcher.progressed(clock.now(), core.progress());
  }

  private boolean over() {
    return !moreToCome.getAsBoolean() && (guestHasEnd ? nothingMoves() : nothingIsMapped());
  }

  private boolean nothingMoves() {
    return milestones.done() || milestones.standstill(clock.now()) >= STANDSTILL_NANOS;
  }

  private boolean nothingIsMapped() {
    return milestones.allMapped() || milestones.mappingStandstill(clock.now()) >= STANDSTILL_NANOS;
  }

  /** {@inheritDoc} Lets time pass until the engine is closed. */
  @Override
  public void close() {
    stopGuest.run();
    clock.pass(LAST_WORDS_NANOS);
    observer.closing();
    thread.post(
        () -> {
          happened(BootEvent.CLOSE);
          event(core::close);
        });
    while (!core.isClosed() && clock.step()) {
      // Completions are under way.
    }
    mapper.close();
    events.closed();
  }

  /** Returns the time on the engine's clock: what it is at takes time. */
  private long engineNanos() {
    return clock.now() + thread.workUnderWay() + meter.spent();
  }

  private void event(Runnable event) {
    observer.poll();
    event.run();
    look();
  }

  private void look() {
    observer.poll();
    milestones.look(
        clock.now(),
        core.balloonedPages(),
        core.mappedPages(),
        core.isDmaReady(),
        guestTarget.getAsLong(),
        core.unpluggedPages());
    if (observer.violations() != breaches) {
      happened(BootEvent.BREACH, 0, 0, observer.violations() - breaches);
      breaches = observer.violations();
    }
  }

  private void happened(BootEvent event) {
    happened(event, 0, 0, 0);
  }

  private void happened(BootEvent event, GuestRange range, long nanos) {
    happened(event, range.start(), range.length(), nanos);
  }

  private void happened(BootEvent event, long where, long bytes, long amount) {
    watcher.happened(clock.now() + thread.workUnderWay(), event, where, bytes, amount);
  }

  private void dmaWanted() {
    if (!core.isClosed()) {
      happened(BootEvent.DMA_WANTED);
      event(core::dmaWanted);
    }
  }

  private boolean readDevice(DeviceTurn turn) {
    if (core.isClosed()) {
      return false;
    }
    observer.poll();
    boolean more = turn.read();
    look();
    return more;
  }

  // --- What the device asks of its bus ----------------------------------------------------------

  @Override
  public void wake() {
    thread.wakeDevice();
  }

  @Override
  public void interruptQueue(int queue) {
    happened(BootEvent.INTERRUPT_QUEUE, queue, 0, 0);
    thread.after(0, () -> queueInterrupt.accept(queue));
  }

  @Override
  public void interruptConfig() {
    happened(BootEvent.INTERRUPT_CONFIG);
    thread.after(0, configInterrupt);
  }

  @Override
  public void mistaken(GuestMistake mistake) {
    events.mistaken(mistake);
  }

  // --- What the engine commands -----------------------------------------------------------------

  @Override
  public void populate(int granule, long firstPage, long endPage) {
    HostAddress start =
        granules.hostAddress(granule).plus(Pages.toBytes(firstPage - granules.firstPage(granule)));
    GuestRange slice = GuestRange.ofPages(firstPage, endPage);
    populateNanos +=
        call(
            HostOperation.POPULATE,
            BootEvent.POPULATE,
            slice,
            () -> hostMemory.populate(start, slice.length()),
            BootEvent.POPULATED,
            () -> core.populated(granule),
            refusal -> core.populateFailed(granule, refusal));
  }

  @Override
  public void map(int granule) {
    GuestRange range = granules.range(granule);
    mapCalls++;
    mapNanos +=
        call(
            HostOperation.MAP,
            BootEvent.MAP,
            range,
            () -> mapper.map(IovaRange.of(range), granules.hostAddress(granule)),
            BootEvent.MAPPED,
            () -> core.mapped(granule),
            refusal -> core.mapFailed(granule, refusal));
  }

  @Override
  public void remap(int granule) {
    GuestRange range = granules.range(granule);
    mapNanos +=
        call(
            HostOperation.UNMAP,
            BootEvent.UNMAP,
            range,
            () -> mapper.unmap(IovaRange.of(range)),
            BootEvent.UNMAPPED,
            () -> map(granule),
            refusal -> {
              if (refusal.reason() instanceof RefusalCause.NotMapped) {
                map(granule);
              } else {
                core.unmapFailed(granule, refusal);
              }
            });
  }

  @Override
  public void unmapAll() {
    long _ =
        call(
            HostOperation.UNMAP,
            BootEvent.UNMAP,
            GuestRange.ofPages(granules.firstPage(0), granules.memory().endPage()),
            mapper::unmapAll,
            BootEvent.UNMAPPED,
            core::unmapped,
            core::unmapFailed);
  }

  /** Calls the host. What comes of it is an event later on: the call takes virtual time. */
  @SuppressWarnings("CatchingUnchecked") // A plugin may throw what it does not declare.
  private long call(
      HostOperation operation,
      BootEvent begun,
      GuestRange range,
      HostWork host,
      BootEvent ended,
      Runnable done,
      Consumer<HostRefusedException> refused) {
    meter.reset();
    try {
      // All memory, as it is unmapped at the end, has holes.
      long bytes = Math.min(range.length(), granules.memory().bytes());
      events.hostCall(operation, range.start(), bytes, host);
      answer(ended, range, done);
    } catch (HostRefusedException refusal) {
      answer(BootEvent.REFUSED, range, () -> refused.accept(refusal));
    } catch (Throwable broken) {
      HostRefusedException refusal =
          PluginFailure.refusal(operation, range.start(), range.length(), broken);
      if (!pluginThrew) {
        pluginThrew = true;
        LOG.log(Level.WARNING, refusal.getMessage(), broken);
      }
      answer(BootEvent.REFUSED, range, () -> refused.accept(refusal));
    }
    long spent = meter.spent();
    meter.reset();
    happened(begun, range, spent);
    return spent;
  }

  private void answer(BootEvent ended, GuestRange range, Runnable completion) {
    thread.after(
        meter.spent(),
        () ->
            thread.post(
                () -> {
                  happened(ended, range, 0);
                  event(completion);
                }));
  }

  @Override
  public void acknowledge(int token) {
    happened(BootEvent.ACKNOWLEDGE, token, 0, 0);
    device.acknowledge(token);
  }

  @Override
  public void readDevice() {
    thread.wakeDevice();
  }

  @Override
  public void setTarget(long pages) {
    happened(BootEvent.TARGET, 0, 0, pages);
    device.setTarget(pages);
    events.targetSet(pages);
  }

  @Override
  public boolean answerPlug(boolean acknowledged) {
    return plugs().answer(acknowledged);
  }

  @Override
  public void setRequested(long pages) {
    plugs().setRequested(pages);
  }

  @Override
  public void openGate() {
    happened(BootEvent.GATE_OPEN);
    gate.open(
        () -> {
          happened(BootEvent.GATE_OPENED);
          events.gateMoved(true, core);
          event(core::gateOpened);
          events.totals(core);
        });
  }

  @Override
  public void closeGate() {
    happened(BootEvent.GATE_CLOSE);
    gate.close(
        () -> {
          happened(BootEvent.GATE_CLOSED);
          events.gateMoved(false, core);
          event(core::gateClosed);
          events.totals(core);
        });
  }

  @Override
  public void completeReset() {
    happened(BootEvent.RESET_COMPLETE);
    device.completeReset();
    events.resetCompleted();
    observer.resetCompleted();
  }

  @Override
  public void completeStop() {
    device.completeStop();
  }

  @Override
  public void startTimer(int id, long nanos) {
    thread.after(nanos, () -> thread.timerDue(() -> timer(id)));
  }

  private void timer(int id) {
    if (!core.isClosed()) {
      event(() -> core.timer(id));
    }
  }

  @Override
  public void dmaWanted(EarlyDmaPolicy policy) {
    // The default policy holds the guest's write until the gate opens: nothing to do meanwhile.
    events.dmaWanted(policy);
  }

  @Override
  public void deflateWaits(int token, long pages) {
    events.deflateWaits(token, pages);
  }

  @Override
  public void deflateWaited(int token) {
    events.deflateWaited(token);
  }

  @Override
  public void resetHeld() {
    events.resetHeld();
  }

  @Override
  public void refused(HostRefusedException refusal, int attempt, long retryNanos) {
    lastRefusal = String.valueOf(refusal.getMessage());
    events.refused(refusal, attempt, retryNanos);
  }

  @Override
  public void closed() {
    happened(BootEvent.CLOSED);
    events.totals(core);
  }

  // --- The gate itself: it moves at once, and says so as the next event -------------------------

  @Override
  public void open(Runnable done) {
    thread.post(done);
  }

  @Override
  public void close(Runnable done) {
    thread.post(done);
  }
}
