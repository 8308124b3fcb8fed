package dev.aerostat.metrics.micrometer;

import dev.aerostat.api.Gate;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.AsyncDmaMapBuilder;
import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.engine.VirtioMem;
import dev.aerostat.mapper.sim.HostCosts;
import dev.aerostat.mapper.sim.SimulatedHost;
import dev.aerostat.mapper.sim.SimulatedMapper;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.mem.virtio.MemSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** An engine of a guest without a driver, on a simulated host whose work takes no time. */
final class MeteredEngine implements AutoCloseable {
  static final long MEMORY_BYTES = 64L << 20;

  private static final long PATIENCE_SECONDS = 60;

  final SparseMemory memory;
  final AsyncDmaMap engine;

  MeteredEngine() throws IOException {
    this(List.of(), UnaryOperator.identity());
  }

  /** A virtio-mem device has a region more. */
  MeteredEngine(GuestRange region) throws IOException {
    this(
        List.of(region),
        builder -> builder.virtioMem(new VirtioMem(MemSettings.of(region), new NoInterrupts())));
  }

  private MeteredEngine(List<GuestRange> more, UnaryOperator<AsyncDmaMapBuilder> changes)
      throws IOException {
    var ram = new ArrayList<>(List.of(new GuestRange(0, MEMORY_BYTES)));
    ram.addAll(more);
    memory = SparseMemory.allocate(ram);
    var host = SimulatedHost.typical().withCosts(new HostCosts(0, 0, 0, 0, 0, 0));
    engine =
        changes
            .apply(
                AsyncDmaMap.builder(
                    memory.guestMemory(),
                    SimulatedMapper.open(host, MapperRequest.of(memory.guestMemory())),
                    Gate.ofNoDevice()))
            .build();
  }

  /** Boots it, and waits until its metrics have heard of that. */
  void boot(AsyncDmaMapMetrics metrics) throws Exception {
    engine.start();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!engine.dmaReady().isDone() || !metrics.reading().progress().gateOpen()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError(
            "waited %d s in vain for a boot; seen: %s, %s"
                .formatted(PATIENCE_SECONDS, engine.dmaReady(), metrics.reading()));
      }
      Thread.sleep(1);
    }
  }

  @Override
  public void close() {
    engine.close();
    memory.close();
  }

  private static final class NoInterrupts implements DeviceInterrupts {
    @Override
    public void queue(int queue) {}

    @Override
    public void config() {}
  }
}
