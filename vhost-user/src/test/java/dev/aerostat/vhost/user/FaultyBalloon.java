package dev.aerostat.vhost.user;

import dev.aerostat.api.Gate;
import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.engine.EngineListener;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.mapper.sim.SimulatedHost;
import dev.aerostat.mapper.sim.SimulatedMapper;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.testkit.ForwardingTracker;
import dev.aerostat.tracker.BitmapTracker;
import dev.aerostat.virtio.VirtioDevice;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A real engine whose mapper, gate or tracker throws an error in the midst of a boot. */
final class FaultyBalloon implements HostedBalloon {
  /** What throws. */
  enum Fault {
    /** The second map, once. */
    MAP_ONCE,
    /** Each map but the first: all memory is never mapped. */
    MAP_ALWAYS,
    /** The gate, when it is to open. */
    GATE,
    /** The tracker, at the first inflate. */
    TRACKER
  }

  private final Fault fault;
  private final boolean tellsFailure;
  private final AsyncDmaMap dma;
  private final AtomicInteger maps = new AtomicInteger();
  private volatile Optional<Throwable> failure = Optional.empty();
  private volatile boolean closed;

  /**
   * Starts one.
   *
   * @param tellsFailure whether the session hears of a failure, and ends
   */
  FaultyBalloon(GuestMemory memory, GuestInterrupts frontEnd, Fault fault, boolean tellsFailure) {
    this.fault = fault;
    this.tellsFailure = tellsFailure;
    var simulated = SimulatedMapper.open(SimulatedHost.typical(), MapperRequest.of(memory));
    dma =
        AsyncDmaMap.builder(memory, new FaultyMapper(simulated), new FaultyGate())
            .settings(EngineSettings.builder(memory).build())
            .device(VhostUserServer.settings())
            .tracker(FaultyTracker::new)
            .interrupts(new Interrupts(frontEnd))
            .listener(new Listener())
            .build();
    dma.start();
  }

  /** Returns whether the engine has failed. */
  boolean hasFailed() {
    return failure.isPresent();
  }

  AsyncDmaMap dma() {
    return dma;
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public VirtioDevice device() {
    return dma.device();
  }

  @Override
  public void kicked(int queue) {
    dma.notifyQueue(queue);
  }

  @Override
  public Optional<Throwable> failure() {
    return tellsFailure ? failure : Optional.empty();
  }

  @Override
  public void close() {
    dma.close();
    closed = true;
  }

  private static AssertionError error(String what) {
    return new AssertionError(what + " is broken");
  }

  private final class FaultyMapper implements DmaMapper {
    private final DmaMapper mapper;

    FaultyMapper(DmaMapper mapper) {
      this.mapper = mapper;
    }

    @Override
    public MapperLimits limits() {
      return mapper.limits();
    }

    @Override
    public HostMemory hostMemory() {
      return mapper.hostMemory();
    }

    @Override
    public void map(IovaRange iova, HostAddress host) throws HostRefusedException {
      int map = maps.incrementAndGet();
      boolean once = fault == Fault.MAP_ONCE && map == 2;
      if (once || (fault == Fault.MAP_ALWAYS && map > 1)) {
        throw error("the mapper");
      }
      mapper.map(iova, host);
    }

    @Override
    public long unmap(IovaRange iova) throws HostRefusedException {
      return mapper.unmap(iova);
    }

    @Override
    public long unmapAll() throws HostRefusedException {
      return mapper.unmapAll();
    }

    @Override
    public void close() {
      mapper.close();
    }
  }

  private final class FaultyGate implements Gate {
    @Override
    public void open(Runnable done) {
      if (fault == Fault.GATE) {
        throw error("the gate");
      }
      done.run();
    }

    @Override
    public void close(Runnable done) {
      done.run();
    }
  }

  private final class FaultyTracker extends ForwardingTracker {
    FaultyTracker(Granules plan) {
      super(new BitmapTracker(plan));
    }

    @Override
    public long inflate(long firstPage, long endPage, boolean descending) {
      if (fault == Fault.TRACKER) {
        throw error("the tracker");
      }
      return super.inflate(firstPage, endPage, descending);
    }
  }

  private record Interrupts(GuestInterrupts frontEnd) implements DeviceInterrupts {
    @Override
    public void queue(int queue) {
      frontEnd.interruptQueue(queue);
    }

    @Override
    public void config() {
      frontEnd.interruptConfig();
    }
  }

  private final class Listener implements EngineListener {
    @Override
    public void failed(Throwable cause) {
      failure = Optional.of(cause);
    }
  }
}
