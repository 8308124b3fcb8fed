package dev.aerostat.metrics.micrometer;

import dev.aerostat.api.Gate;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.mapper.sim.HostCosts;
import dev.aerostat.mapper.sim.SimulatedHost;
import dev.aerostat.mapper.sim.SimulatedMapper;
import dev.aerostat.mapper.spi.MapperRequest;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An engine of a guest without a driver, on a simulated host whose work takes no time. */
final class MeteredEngine implements AutoCloseable {
  static final long MEMORY_BYTES = 64L << 20;

  private static final long PATIENCE_SECONDS = 60;

  final SparseMemory memory;
  final AsyncDmaMap engine;

  MeteredEngine() throws IOException {
    memory = SparseMemory.allocate(List.of(new GuestRange(0, MEMORY_BYTES)));
    var host = SimulatedHost.typical().withCosts(new HostCosts(0, 0, 0, 0, 0, 0));
    engine =
        AsyncDmaMap.builder(
                memory.guestMemory(),
                SimulatedMapper.open(host, MapperRequest.of(memory.guestMemory())),
                Gate.ofNoDevice())
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
}
