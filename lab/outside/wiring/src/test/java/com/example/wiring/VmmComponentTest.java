package com.example.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Gate;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.mapper.spi.MapperRequest;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class VmmComponentTest {
  private final AtomicBoolean open = new AtomicBoolean();

  private final Gate gate =
      new Gate() {
        @Override
        public void open(Runnable done) {
          open.set(true);
          done.run();
        }

        @Override
        public void close(Runnable done) {
          open.set(false);
          done.run();
        }
      };

  @Test
  void theComponentHasOneEngineThatOpensTheGate() throws Exception {
    try (SparseMemory ram = SparseMemory.allocate(List.of(new GuestRange(0, 64 << 20)))) {
      var mapper =
          MapperProvider.named("sim").orElseThrow().open(MapperRequest.of(ram.guestMemory()));
      VmmComponent vmm = DaggerVmmComponent.factory().create(ram.guestMemory(), mapper, gate);
      try (AsyncDmaMap engine = vmm.engine()) {
        assertSame(engine, vmm.engine());
        assertEquals(VmmModule.QUEUE_SIZE, engine.device().maxQueueSize(0));
        engine.start();
        engine.dmaReady().get(60, TimeUnit.SECONDS);
        assertTrue(open.get());
      }
    }
  }
}
