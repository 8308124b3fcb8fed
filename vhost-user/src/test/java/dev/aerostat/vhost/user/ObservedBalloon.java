package dev.aerostat.vhost.user;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Gate;
import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.MapFailurePolicy;
import dev.aerostat.api.Progress;
import dev.aerostat.balloon.virtio.BalloonStatistics;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.engine.EngineListener;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.engine.GranulePlan;
import dev.aerostat.mapper.sim.SimulatedHost;
import dev.aerostat.mapper.sim.SimulatedMapper;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.observer.Accounting;
import dev.aerostat.observer.Observer;
import dev.aerostat.observer.RingPlacement;
import dev.aerostat.observer.Violation;
import dev.aerostat.tracker.BitmapTracker;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.VirtioDevice;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The engine on its own threads with a simulated mapper in real time, and the observer on. */
final class ObservedBalloon implements HostedBalloon {
  private static final int INFLATE = 0;
  private static final int DEFLATE = 1;
  private static final int HUGE_PAGE_PAGES = 512;

  private final GuestMemory memory;
  private final int privateBit;
  private final Observer observer;
  private final SlowObservedMapper mapper;
  private final AsyncDmaMap dma;
  private final AtomicInteger resets = new AtomicInteger();
  private final AtomicReference<MapperSabotage> sabotage =
      new AtomicReference<>(MapperSabotage.NOTHING);
  private final List<BalloonStatistics> statistics = new CopyOnWriteArrayList<>();
  private final VirtioDevice registers =
      (VirtioDevice)
          Proxy.newProxyInstance(
              VirtioDevice.class.getClassLoader(),
              new Class<?>[] {VirtioDevice.class},
              this::access);
  private volatile Optional<Progress> progressAtReady = Optional.empty();
  private volatile List<Violation> violationsBeforeClose = List.of();
  private volatile boolean closed;
  private int kicks;
  private boolean watchesQueues;

  private ObservedBalloon(GuestMemory memory, GuestInterrupts frontEnd, ServedSetup setup) {
    this.memory = memory;
    this.privateBit = setup.device().hugePageFeatureBit();
    var simulated = SimulatedMapper.open(SimulatedHost.typical(), MapperRequest.of(memory));
    EngineSettings engine = setup.engine().apply(EngineSettings.builder(memory)).build();
    Granules granules = GranulePlan.of(memory, simulated.limits(), engine.reservedEntries());
    this.observer = new Observer(memory, MapFailurePolicy.HOLD, granules.count(), System::nanoTime);
    this.mapper = new SlowObservedMapper(simulated, observer, sabotage::get);
    this.dma =
        AsyncDmaMap.builder(memory, mapper, new LockedGate(observer))
            .settings(engine)
            .device(setup.device())
            .tracker(this::tracker)
            .interrupts(new Interrupts(frontEnd))
            .listener(new Listener())
            .build();
  }

  static ObservedBalloon start(GuestMemory memory, GuestInterrupts frontEnd, ServedSetup setup) {
    var balloon = new ObservedBalloon(memory, frontEnd, setup);
    balloon.mapper.delay(setup.mapMillis());
    balloon.dma.operatorTarget(setup.targetMib() << 20);
    var _ = balloon.dma.dmaReady().thenRun(balloon::ready);
    balloon.dma.start();
    return balloon;
  }

  private BalloonTracker tracker(Granules plan) {
    return new PollingTracker(new BitmapTracker(plan), this::look, sabotage::get);
  }

  private void ready() {
    progressAtReady = Optional.of(dma.progress());
  }

  void sabotage(MapperSabotage how) {
    sabotage.set(how);
  }

  /** Returns how far it was when the gate opened. */
  Progress progressAtReady() {
    return progressAtReady.orElseThrow();
  }

  private void look() {
    synchronized (observer) {
      observer.poll();
    }
  }

  GuestMemory memory() {
    return memory;
  }

  AsyncDmaMap dma() {
    return dma;
  }

  SlowObservedMapper mapper() {
    return mapper;
  }

  /** Returns what the guest said of its memory so far. */
  List<BalloonStatistics> statistics() {
    return statistics;
  }

  /** Counts the messages that are neither inflates nor deflates. */
  long otherMessages() {
    return dma.deviceCounters().otherMessages();
  }

  int resets() {
    return resets.get();
  }

  boolean isClosed() {
    return closed;
  }

  Accounting accounting() {
    synchronized (observer) {
      observer.poll();
      return observer.accounting();
    }
  }

  /** Counts the pages whose deflate was acknowledged, as the rings show. */
  long acknowledgedPages() {
    Accounting seen = accounting();
    return seen.deflate().pages() - seen.leavingPages();
  }

  List<Violation> violations() {
    synchronized (observer) {
      observer.poll();
      return observer.firstViolations();
    }
  }

  /** Returns what was seen until the front end went: at a close deflates are returned unmapped. */
  List<Violation> violationsBeforeClose() {
    return violationsBeforeClose;
  }

  @Override
  public VirtioDevice device() {
    return registers;
  }

  /** Shows a driver that asks for its target the size that it has, if so ordered. */
  private Object access(Object proxy, Method register, Object @Nullable [] arguments)
      throws Throwable {
    VirtioDevice device = dma.device();
    boolean asksForTarget =
        register.getName().equals("readConfig")
            && arguments != null
            && arguments[0].equals(0)
            && arguments[1].equals(Integer.BYTES);
    if (asksForTarget && sabotage.get() == MapperSabotage.STALE_CONFIG) {
      return device.readConfig(Integer.BYTES, Integer.BYTES);
    }
    return register.invoke(device, arguments);
  }

  @Override
  public void queueStarts(Map<Integer, QueueLayout> queues) {
    synchronized (observer) {
      if (watchesQueues) {
        observer.queuesGoOn();
      } else if (queues.containsKey(INFLATE) && queues.containsKey(DEFLATE)) {
        observer.watchQueues(watched(queues, INFLATE), watched(queues, DEFLATE));
        watchesQueues = true;
      }
    }
  }

  /** Their memory may be the guest's for other use from now on. */
  @Override
  public void queuesStopped() {
    synchronized (observer) {
      observer.queuesPause();
    }
  }

  private RingPlacement watched(Map<Integer, QueueLayout> queues, int index) {
    QueueLayout queue = Objects.requireNonNull(queues.get(index));
    return new RingPlacement(
        queue.size(),
        queue.descriptorArea(),
        queue.driverArea(),
        queue.deviceArea(),
        pagesPerPfn());
  }

  /** Known once the first queue runs: the driver has negotiated its features before that. */
  private int pagesPerPfn() {
    return ((registers.negotiatedFeatures() >>> privateBit) & 1) == 0 ? 1 : HUGE_PAGE_PAGES;
  }

  /** Hears of kicks in both ways, by turns. */
  @Override
  public void kicked(int queue) {
    if (kicks++ % 2 == 0) {
      dma.notifyQueue(queue);
    } else {
      device().notifyQueue(queue);
    }
  }

  @Override
  public void driverStopped() {
    int _ = resets.incrementAndGet();
    synchronized (observer) {
      observer.resetCompleted();
      watchesQueues = false;
    }
  }

  @Override
  public void close() {
    violationsBeforeClose = violations();
    dma.close();
    closed = true;
  }

  private final class Interrupts implements DeviceInterrupts {
    private final GuestInterrupts frontEnd;

    Interrupts(GuestInterrupts frontEnd) {
      this.frontEnd = frontEnd;
    }

    @Override
    public void queue(int queue) {
      look();
      frontEnd.interruptQueue(queue);
    }

    @Override
    public void config() {
      frontEnd.interruptConfig();
    }
  }

  private final class Listener implements EngineListener {
    @Override
    public void statistics(BalloonStatistics figures) {
      statistics.add(figures);
    }
  }

  /** A gate that opens and closes at once, as the observer sees it. */
  private static final class LockedGate implements Gate {
    private final Observer observer;
    private final Gate gate;

    LockedGate(Observer observer) {
      this.observer = observer;
      this.gate = observer.observe(Gate.ofNoDevice());
    }

    @Override
    public void open(Runnable done) {
      synchronized (observer) {
        gate.open(done);
      }
    }

    @Override
    public void close(Runnable done) {
      synchronized (observer) {
        gate.close(done);
      }
    }
  }
}
