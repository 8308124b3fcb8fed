package dev.aerostat.engine;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.Gate;
import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.Progress;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.balloon.virtio.BalloonStatistics;
import dev.aerostat.mapper.sim.SimulatedMapper;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.tracker.BitmapTracker;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * All that an engine calls back, with a point before and after each call where a test may do
 * something, and an oracle between: it shares no code with the engine and sees whether a change of
 * the gate began before the one before was done, and whether anything was unmapped before the gate
 * was closed.
 */
final class WatchedWorld implements AutoCloseable {
  /** What is called back. */
  enum Point {
    PROGRESSED,
    DMA_WANTED,
    REFUSED,
    STATISTICS,
    HOST_CALLED,
    DEFLATE_WAITED,
    FAILED,
    CLOSED,
    INTERRUPT_QUEUE,
    INTERRUPT_CONFIG,
    GATE_OPEN,
    GATE_OPEN_DONE,
    GATE_CLOSE,
    GATE_CLOSE_DONE,
    POPULATE,
    MAP,
    MAP_DONE,
    UNMAP,
    UNMAP_ALL,
    UNMAP_ALL_DONE,
    MAPPER_CLOSED,
    INFLATE,
    DEFLATE,
    CLEAR,
    CONTAINS_ALL,
    PAGES,
    RANGES,
    HELD_BYTES,
    MOST_RECENT
  }

  private enum Phase {
    CLOSED,
    OPENING,
    OPEN,
    CLOSING
  }

  final SparseMemory memory;
  final SimulatedMapper host;
  final AsyncDmaMap engine;
  final RingDriver driver;

  /** What no engine may do, as it was seen. */
  final ConcurrentLinkedQueue<String> breaches = new ConcurrentLinkedQueue<>();

  final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Consumer<Point> at;
  private Phase phase = Phase.CLOSED;

  /**
   * @param at is told of each point, on the thread that comes there, and may throw
   */
  WatchedWorld(Consumer<Point> at) throws IOException {
    this(at, null);
  }

  /**
   * @param gate moves instead of one that moves at once
   */
  WatchedWorld(Consumer<Point> at, @org.jspecify.annotations.Nullable Gate gate)
      throws IOException {
    this.at = at;
    memory = SparseMemory.allocate(List.of(new GuestRange(0, EngineFixture.MEMORY_BYTES)));
    host = SimulatedMapper.open(EngineFixture.FAST, MapperRequest.of(memory.guestMemory()));
    engine =
        AsyncDmaMap.builder(
                memory.guestMemory(),
                new WatchedMapper(),
                new WatchedGate(gate == null ? Gate.ofNoDevice() : gate))
            .tracker(this::tracker)
            .listener(new Listener())
            .interrupts(new Interrupts())
            .gatePatience(Duration.ofMillis(700))
            .build();
    driver = new RingDriver(memory.guestMemory(), engine.device());
  }

  synchronized boolean isGateClosed() {
    return phase == Phase.CLOSED;
  }

  synchronized boolean isGateOpen() {
    return phase == Phase.OPEN;
  }

  private synchronized void move(Phase before, Phase after) {
    if (phase != before) {
      breaches.add("the gate is asked for %s while %s".formatted(after, phase));
    }
    phase = after;
  }

  /** Only the first done of a change counts; the engine must find that out for itself. */
  private synchronized void moved(Phase during, Phase after) {
    if (phase == during) {
      phase = after;
    }
  }

  /** A change that threw has ended: the gate may be open. */
  private synchronized void threw(Phase during) {
    if (phase == during) {
      phase = Phase.OPEN;
    }
  }

  private void requireGateClosed(String what) {
    if (!isGateClosed()) {
      breaches.add(what + " while the gate is " + phase);
    }
  }

  /** Asks nobody who might have to be waited for. */
  @Override
  public String toString() {
    return "gate %s; mapped %d bytes; status %d; failures %s; breaches %s"
        .formatted(phase, host.mappedBytes(), engine.device().status(), failures, breaches);
  }

  @Override
  public void close() {
    engine.close();
    memory.close();
  }

  private final class WatchedGate implements Gate {
    private final Gate gate;

    private WatchedGate(Gate gate) {
      this.gate = gate;
    }

    @Override
    public void open(Runnable done) {
      move(Phase.CLOSED, Phase.OPENING);
      if (host.mappedBytes() != EngineFixture.MEMORY_BYTES) {
        breaches.add("opened with " + host.mappedBytes() + " bytes mapped");
      }
      try {
        at.accept(Point.GATE_OPEN);
        gate.open(
            () -> {
              moved(Phase.OPENING, Phase.OPEN);
              done.run();
            });
        at.accept(Point.GATE_OPEN_DONE);
      } catch (Throwable thrown) {
        threw(Phase.OPENING);
        throw thrown;
      }
    }

    @Override
    public void close(Runnable done) {
      move(Phase.OPEN, Phase.CLOSING);
      try {
        at.accept(Point.GATE_CLOSE);
        gate.close(
            () -> {
              moved(Phase.CLOSING, Phase.CLOSED);
              done.run();
            });
        at.accept(Point.GATE_CLOSE_DONE);
      } catch (Throwable thrown) {
        threw(Phase.CLOSING);
        throw thrown;
      }
    }
  }

  private final class WatchedMapper implements DmaMapper {
    @Override
    public MapperLimits limits() {
      return host.limits();
    }

    @Override
    public HostMemory hostMemory() {
      return new HostMemory() {
        @Override
        public void populate(HostAddress start, long bytes) throws HostRefusedException {
          at.accept(Point.POPULATE);
          host.hostMemory().populate(start, bytes);
        }

        @Override
        public void discard(HostAddress start, long bytes) throws HostRefusedException {
          host.hostMemory().discard(start, bytes);
        }
      };
    }

    @Override
    public void map(IovaRange iova, HostAddress address) throws HostRefusedException {
      at.accept(Point.MAP);
      host.map(iova, address);
      at.accept(Point.MAP_DONE);
    }

    @Override
    public long unmap(IovaRange iova) throws HostRefusedException {
      at.accept(Point.UNMAP);
      return host.unmap(iova);
    }

    @Override
    public long unmapAll() throws HostRefusedException {
      requireGateClosed("unmapAll");
      at.accept(Point.UNMAP_ALL);
      long bytes = host.unmapAll();
      at.accept(Point.UNMAP_ALL_DONE);
      return bytes;
    }

    @Override
    public void close() {
      requireGateClosed("close of the mapper");
      host.close();
      at.accept(Point.MAPPER_CLOSED);
    }
  }

  private final class Listener implements EngineListener {
    @Override
    public void progressed(Progress progress) {
      at.accept(Point.PROGRESSED);
    }

    @Override
    public void dmaWanted(EarlyDmaPolicy policy) {
      at.accept(Point.DMA_WANTED);
    }

    @Override
    public void refused(HostRefusedException refusal, int attempt, long retryNanos) {
      at.accept(Point.REFUSED);
    }

    @Override
    public void statistics(BalloonStatistics statistics) {
      at.accept(Point.STATISTICS);
    }

    @Override
    public void hostCalled(HostCall call) {
      at.accept(Point.HOST_CALLED);
    }

    @Override
    public void deflateWaited(long bytes, long nanos) {
      at.accept(Point.DEFLATE_WAITED);
    }

    @Override
    public void closed() {
      at.accept(Point.CLOSED);
    }

    @Override
    public void failed(Throwable cause) {
      failures.add(cause);
      at.accept(Point.FAILED);
    }
  }

  private final class Interrupts implements DeviceInterrupts {
    @Override
    public void queue(int queue) {
      at.accept(Point.INTERRUPT_QUEUE);
    }

    @Override
    public void config() {
      at.accept(Point.INTERRUPT_CONFIG);
    }
  }

  private BalloonTracker tracker(Granules granules) {
    var tracker = new BitmapTracker(granules);
    return (BalloonTracker)
        Proxy.newProxyInstance(
            BalloonTracker.class.getClassLoader(),
            new Class<?>[] {BalloonTracker.class},
            (_, method, arguments) -> {
              switch (method.getName()) {
                case "inflate" -> at.accept(Point.INFLATE);
                case "deflate" -> at.accept(Point.DEFLATE);
                case "clear" -> at.accept(Point.CLEAR);
                case "containsAll" -> at.accept(Point.CONTAINS_ALL);
                case "pages" -> at.accept(Point.PAGES);
                case "ranges" -> at.accept(Point.RANGES);
                case "heldBytes" -> at.accept(Point.HELD_BYTES);
                case "mostRecentGranule" -> at.accept(Point.MOST_RECENT);
                default -> {}
              }
              try {
                return method.invoke(tracker, arguments);
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            });
  }
}
