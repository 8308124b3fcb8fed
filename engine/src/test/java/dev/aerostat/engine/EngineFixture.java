package dev.aerostat.engine;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.mapper.sim.HostCosts;
import dev.aerostat.mapper.sim.SimulatedHost;
import dev.aerostat.mapper.sim.SimulatedMapper;
import dev.aerostat.mapper.spi.MapperRequest;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;

/** A guest without a driver, on a simulated host whose work takes no time but what a test adds. */
final class EngineFixture implements AutoCloseable {
  static final long MIB = 1 << 20;
  static final long MEMORY_BYTES = 64 * MIB;
  static final SimulatedHost FAST =
      SimulatedHost.typical().withCosts(new HostCosts(0, 0, 0, 0, 0, 0));

  final SparseMemory memory;
  final SimulatedMapper host;
  final TestMapper mapper;
  final TestGate gate = new TestGate();
  final AsyncDmaMap engine;

  EngineFixture() throws IOException {
    this(UnaryOperator.identity());
  }

  EngineFixture(UnaryOperator<AsyncDmaMapBuilder> changes) throws IOException {
    memory = SparseMemory.allocate(List.of(new GuestRange(0, MEMORY_BYTES)));
    host = SimulatedMapper.open(FAST, MapperRequest.of(memory.guestMemory()));
    mapper = new TestMapper(host);
    engine = changes.apply(AsyncDmaMap.builder(memory.guestMemory(), mapper, gate)).build();
  }

  /** Asks nobody who might have to be waited for. */
  @Override
  public String toString() {
    return "gate open %s, closed %d times; mapped %d of %d MiB; status %d; %s"
        .formatted(
            gate.isOpen(),
            gate.closes(),
            host.mappedBytes() / MIB,
            MEMORY_BYTES / MIB,
            engine.device().status(),
            engine.dmaReady());
  }

  @Override
  public void close() {
    mapper.release();
    engine.close();
    memory.close();
  }
}
