package dev.aerostat.engine;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.aerostat.api.Gate;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.mapper.sim.SimulatedMapper;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.testkit.ForwardingMapper;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A VMM may end or start the engine from wherever it is called: it is refused, and nobody hangs.
 */
@Timeout(180)
class CloseFromACallbackTest {
  private static final GuestRange RAM = new GuestRange(0, EngineFixture.MEMORY_BYTES);

  private final CompletableFuture<AsyncDmaMap> engine = new CompletableFuture<>();
  private final AtomicReference<Throwable> refusal = new AtomicReference<>();

  @ParameterizedTest
  @ValueSource(strings = {"map", "unmapAll"})
  void aCallOfTheMapperThatClosesTheEngineIsRefused(String call)
      throws IOException, InterruptedException {
    try (SparseMemory memory = SparseMemory.allocate(List.of(RAM))) {
      var called = new CompletableFuture<Void>();
      var host = SimulatedMapper.open(EngineFixture.FAST, MapperRequest.of(memory.guestMemory()));
      var mapper =
          new ForwardingMapper(host) {
            @Override
            public void map(IovaRange iova, HostAddress address) throws HostRefusedException {
              closeIf(call.equals("map"), called);
              super.map(iova, address);
            }

            @Override
            public long unmapAll() throws HostRefusedException {
              closeIf(call.equals("unmapAll"), called);
              return super.unmapAll();
            }
          };
      engine.complete(AsyncDmaMap.builder(memory.guestMemory(), mapper, new TestGate()).build());
      engine.join().start();
      if (call.equals("map")) {
        called.join();
      } else {
        engine.join().dmaReady().join();
      }
      assertCloses();
      assertInstanceOf(IllegalStateException.class, refusal.get());
    }
  }

  private void closeIf(boolean due, CompletableFuture<Void> called) {
    if (due) {
      refuse(engine.join()::close);
      called.complete(null);
    }
  }

  private void refuse(Runnable call) {
    try {
      call.run();
    } catch (IllegalStateException expected) {
      refusal.set(expected);
    }
  }

  /** Closes on a thread of its own, so that a close which hangs fails the test at once. */
  private void assertCloses() throws InterruptedException {
    Thread closer = Thread.ofPlatform().daemon().start(() -> engine.join().close());
    Patience.join("close() to return", closer, refusal);
  }

  @Test
  void aGateThatStartsTheEngineAsItClosesIsRefused() throws IOException, InterruptedException {
    try (SparseMemory memory = SparseMemory.allocate(List.of(RAM))) {
      var host = SimulatedMapper.open(EngineFixture.FAST, MapperRequest.of(memory.guestMemory()));
      var gate =
          new Gate() {
            @Override
            public void open(Runnable done) {
              done.run();
            }

            @Override
            public void close(Runnable done) {
              refuse(engine.join()::start);
              done.run();
            }
          };
      engine.complete(AsyncDmaMap.builder(memory.guestMemory(), host, gate).build());
      engine.join().start();
      engine.join().dmaReady().join();
      assertCloses();
      assertInstanceOf(IllegalStateException.class, refusal.get());
    }
  }

  @Test
  void aGateMayHaveAllTheTimeThereIs() throws IOException, InterruptedException {
    try (var fixture =
        new EngineFixture(builder -> builder.gatePatience(ChronoUnit.FOREVER.getDuration()))) {
      engine.complete(fixture.engine);
      fixture.engine.start();
      fixture.engine.dmaReady().join();
      assertCloses();
    }
  }
}
