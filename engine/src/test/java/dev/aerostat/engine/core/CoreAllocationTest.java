package dev.aerostat.engine.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Granules;
import dev.aerostat.api.Pages;
import org.junit.jupiter.api.Test;

/** The way of a deflate whose pages are mapped leaves nothing for the garbage collector. */
class CoreAllocationTest {
  private static final int GRANULES = 100;
  private static final int GRANULE_PAGES = 16;
  private static final int WARM_UP = 20_000;

  private final Granules granules =
      Granules.of(Setup.memory(0, GRANULES * GRANULE_PAGES), Pages.toBytes(GRANULE_PAGES));
  private final CountingHost host = new CountingHost();
  private final EngineCore core =
      new EngineCore(granules, new BitSetTracker(granules), Setup.plain(GRANULE_PAGES), host);

  @Test
  void aDeflateOfMappedPagesAllocatesNothing() throws ReflectiveOperationException {
    core.start();
    host.run(core, granules.memory().pages());
    core.gateOpened();
    for (int i = 0; i < WARM_UP; i++) {
      inflateAndDeflate();
    }
    long acknowledged = host.acknowledged;
    long bytes =
        new AllocationMeter()
            .leastBytes(
                () -> {
                  for (int i = 0; i < 1000; i++) {
                    inflateAndDeflate();
                  }
                });
    assertEquals(0, bytes);
    assertTrue(host.acknowledged > acknowledged);
  }

  private void inflateAndDeflate() {
    core.inflated(40, 90, true);
    core.inflateMessageEnd(50);
    core.turnEnded();
    core.deflateBegin(3);
    core.deflated(3, 40, 60);
    core.deflated(3, 60, 90);
    core.deflateEnd(3, 50);
    core.turnEnded();
    core.timer(TargetPolicy.TIMER);
  }

  /** Counts acknowledgements. */
  private static final class CountingHost extends WillingHost {
    private long acknowledged;

    @Override
    public void acknowledge(int token) {
      acknowledged++;
    }
  }
}
