package dev.aerostat.engine.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.engine.EngineListener;
import dev.aerostat.engine.events.EngineEvents;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** While nobody records, telling what a guest does leaves nothing for the garbage collector. */
class EventsAllocationTest {
  private static final int WARM_UP = 50_000;

  private final AtomicLong waited = new AtomicLong();
  private final EngineEvents events =
      new EngineEvents(
          System::nanoTime,
          new EngineListener() {
            @Override
            public void deflateWaited(long bytes, long nanos) {
              waited.addAndGet(bytes);
            }
          });

  @Test
  void aDeflateThatWaitsAndOneThatDoesNotAllocateNothing() throws ReflectiveOperationException {
    for (int i = 0; i < WARM_UP; i++) {
      twoDeflates();
    }
    waited.set(0);
    long bytes =
        new AllocationMeter()
            .leastBytes(
                () -> {
                  for (int i = 0; i < 1000; i++) {
                    twoDeflates();
                  }
                });
    assertEquals(0, bytes);
    assertEquals(5 * 1000 * 3 * 4096L, waited.get());
  }

  private void twoDeflates() {
    events.deflateWaits(20, 3);
    events.deflateWaited(7);
    events.deflateWaited(20);
  }
}
