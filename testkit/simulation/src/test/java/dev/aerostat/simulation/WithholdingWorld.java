package dev.aerostat.simulation;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.Errno;
import dev.aerostat.api.Gate;
import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.MapFailurePolicy;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.api.ResetPolicy;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.balloon.virtio.device.BalloonDevice;
import dev.aerostat.balloon.virtio.device.BalloonTransport;
import dev.aerostat.engine.core.CoreSettings;
import dev.aerostat.engine.core.EngineCore;
import dev.aerostat.engine.core.IdleCommands;
import dev.aerostat.engine.core.PlugPlan;
import dev.aerostat.engine.turn.DeviceTurn;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import dev.aerostat.mem.virtio.MemSettings;
import dev.aerostat.mem.virtio.device.MemDevice;
import dev.aerostat.mem.virtio.device.MemEvents;
import dev.aerostat.mem.virtio.device.MemTransport;
import dev.aerostat.observer.Observer;
import dev.aerostat.tracker.IntervalTreeTracker;
import dev.aerostat.virtio.GuestMistake;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * An engine with a balloon and a virtio-mem device on a host that answers in any order, and the
 * observer between. Each step does one thing that may happen next.
 */
final class WithholdingWorld implements IdleCommands, BalloonTransport, MemTransport, Gate {
  static final long MIB = 1L << 20;
  static final long BOOT_BYTES = 8 * MIB;
  static final GuestRange REGION = GuestRange.ofLength(16 * MIB, 32 * MIB);

  final RandomGenerator random;
  final GuestMemory memory;
  final Observer observer;
  final BalloonDevice balloon;
  final MemDevice mem;
  final EngineCore core;
  private final Granules granules;
  private final DmaMapper mapper;
  private final Gate gate;
  private final DeviceTurn turn;
  private final List<Runnable> pending = new ArrayList<>();
  private final boolean plugsAtOnce;
  private int refusalsInTen;

  /**
   * @param plugsAtOnce whether the engine is weakened: it acknowledges each plug as it comes
   */
  WithholdingWorld(GuestMemory memory, RandomGenerator random, boolean plugsAtOnce) {
    this.memory = memory;
    this.random = random;
    this.plugsAtOnce = plugsAtOnce;
    this.refusalsInTen = random.nextBoolean() ? 0 : random.nextInt(8);
    this.granules = Granules.of(memory, (2 * MIB) << random.nextInt(3));
    CoreSettings settings = settings();
    this.observer = new Observer(memory, settings.mapFailurePolicy(), granules.count(), () -> 0);
    observer.withhold(REGION, 2 * MIB);
    this.mapper = observer.observe(new WillingMapper(), () -> 0);
    this.gate = observer.observe(this);
    this.balloon = new BalloonDevice(BalloonSettings.defaults(), memory, this);
    this.mem = new MemDevice(MemSettings.of(REGION), memory, this);
    int first = granules.indexOf(REGION.firstPage());
    this.core =
        new EngineCore(
            granules,
            new IntervalTreeTracker(granules),
            new PlugPlan(first, granules.count(), 512L << random.nextInt(3)),
            settings,
            this);
    this.turn = new DeviceTurn(core, balloon, Optional.of(mem), random::nextBoolean);
  }

  private CoreSettings settings() {
    return new CoreSettings(
        random.nextInt(5) > 0,
        random.nextInt(4) > 0,
        0,
        1 + random.nextInt(3),
        random.nextBoolean(),
        512,
        pick(MapFailurePolicy.values()),
        EarlyDmaPolicy.HOLD,
        pick(ResetPolicy.values()));
  }

  private <T> T pick(T[] values) {
    return values[random.nextInt(values.length)];
  }

  void start() {
    core.start();
    observer.poll();
  }

  /** Lets the host, the gate or a timer move, or the devices be read. */
  void step() {
    if (pending.isEmpty() || random.nextInt(3) == 0) {
      if (plugsAtOnce) {
        boolean _ = mem.process(new PlugsAtOnce(), 256);
      }
      boolean _ = turn.read();
    } else {
      pending.remove(random.nextInt(pending.size())).run();
    }
    observer.poll();
  }

  /** From now on the host refuses nothing; returns once nothing is left to be done. */
  void settle() {
    refusalsInTen = 0;
    for (int quiet = 0; quiet < 8; quiet++) {
      while (!pending.isEmpty()) {
        pending.removeFirst().run();
        observer.poll();
        quiet = 0;
      }
      if (turn.read()) {
        quiet = 0;
      }
      observer.poll();
    }
  }

  void close() {
    observer.closing();
    core.close();
    settle();
  }

  private boolean refuses() {
    return random.nextInt(10) < refusalsInTen;
  }

  private HostRefusedException refusal(HostOperation operation, int granule) {
    GuestRange range = granules.range(granule);
    return new HostRefusedException(
        operation,
        range.start(),
        range.length(),
        Errno.ENOMEM,
        new RefusalCause.Other("refused, in this test"),
        HostRefusedException.State.UNCHANGED);
  }

  // --- What the engine commands -----------------------------------------------------------------

  @Override
  public void populate(int granule, long firstPage, long endPage) {
    boolean refused = refuses();
    pending.add(
        () -> {
          if (refused) {
            core.populateFailed(granule, refusal(HostOperation.POPULATE, granule));
          } else {
            core.populated(granule);
          }
        });
  }

  @Override
  public void map(int granule) {
    boolean refused = refuses();
    pending.add(() -> map(granule, refused));
  }

  private void map(int granule, boolean refused) {
    if (refused) {
      core.mapFailed(granule, refusal(HostOperation.MAP, granule));
      return;
    }
    try {
      mapper.map(IovaRange.of(granules.range(granule)), granules.hostAddress(granule));
    } catch (HostRefusedException impossible) {
      throw new AssertionError(impossible);
    }
    core.mapped(granule);
  }

  @Override
  public void unmapAll() {
    pending.add(
        () -> {
          try {
            long _ = mapper.unmapAll();
          } catch (HostRefusedException impossible) {
            throw new AssertionError(impossible);
          }
          core.unmapped();
        });
  }

  @Override
  public void acknowledge(int token) {
    balloon.acknowledge(token);
  }

  @Override
  public void setTarget(long pages) {
    balloon.setTarget(pages);
  }

  @Override
  public boolean answerPlug(boolean acknowledged) {
    return mem.answerPlug(acknowledged);
  }

  @Override
  public void setRequested(long pages) {
    mem.setRequested(plugsAtOnce ? REGION.length() : pages << 12);
  }

  @Override
  public void openGate() {
    gate.open(core::gateOpened);
  }

  @Override
  public void closeGate() {
    gate.close(core::gateClosed);
  }

  @Override
  public void completeReset() {
    balloon.completeReset();
    observer.resetCompleted();
  }

  @Override
  public void completeStop() {
    balloon.completeStop();
  }

  @Override
  public void startTimer(int id, long nanos) {
    pending.add(() -> core.timer(id));
  }

  // --- The gate and the bus ---------------------------------------------------------------------

  @Override
  public void open(Runnable done) {
    pending.add(done);
  }

  @Override
  public void close(Runnable done) {
    pending.add(done);
  }

  @Override
  public void wake() {}

  @Override
  public void interruptQueue(int queue) {}

  @Override
  public void interruptQueue() {}

  @Override
  public void interruptConfig() {}

  @Override
  public void mistaken(GuestMistake mistake) {}

  private final class PlugsAtOnce implements MemEvents {
    @Override
    public void plugAsked(long firstPage, long endPage) {
      boolean _ = mem.answerPlug(true);
    }

    @Override
    public void plugDropped() {}

    @Override
    public void unplugged(long pages) {}
  }

  private static final class WillingMapper implements DmaMapper {
    @Override
    public MapperLimits limits() {
      return new MapperLimits(
          0x1000, MapperLimits.UNLIMITED, List.of(new IovaRange(0, 1L << 48)), false);
    }

    @Override
    public HostMemory hostMemory() {
      return new HostMemory() {
        @Override
        public void populate(HostAddress start, long bytes) {}

        @Override
        public void discard(HostAddress start, long bytes) {}
      };
    }

    @Override
    public void map(IovaRange iova, HostAddress host) {}

    @Override
    public long unmap(IovaRange iova) {
      return 0;
    }

    @Override
    public long unmapAll() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
