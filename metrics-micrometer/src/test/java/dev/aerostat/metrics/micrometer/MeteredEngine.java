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

  final SparseMemory memory;
  final AsyncDmaMap engine;

  MeteredEngine() throws IOException {
    memory = SparseMemory.allocate(List.of(new GuestRange(0, MEMORY_BYTES)));
    var host = SimulatedHost.typical().withCosts(new HostCosts(0, 0, 0, 0, 0, 0));
    engine =
        AsyncDmaMap.builder(
                memory.guestMemory(),
                SimulatedMapper.open(host, MapperRequest.of(memory.guestMemory())),
                new AtOnce())
            .build();
  }

  /** Boots it, and waits until its metrics have heard of that. */
  void boot(AsyncDmaMapMetrics metrics) throws Exception {
    engine.start();
    engine.dmaReady().get(20, TimeUnit.SECONDS);
    while (!metrics.reading().progress().gateOpen()) {
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    engine.close();
    memory.close();
  }

  private record AtOnce() implements Gate {
    @Override
    public void open(Runnable done) {
      done.run();
    }

    @Override
    public void close(Runnable done) {
      done.run();
    }
  }
}
