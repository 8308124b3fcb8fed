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
  private final CountingCommands commands = new CountingCommands();
  private final EngineCore core =
      new EngineCore(granules, new BitSetTracker(granules), Setup.plain(GRANULE_PAGES), commands);

  @Test
  void aDeflateOfMappedPagesAllocatesNothing() throws ReflectiveOperationException {
    core.start();
    commands.mapAll();
    core.gateOpened();
    for (int i = 0; i < WARM_UP; i++) {
      inflateAndDeflate();
    }
    long acknowledged = commands.acknowledged;
    long bytes =
        new AllocationMeter()
            .leastBytes(
                () -> {
                  for (int i = 0; i < 1000; i++) {
                    inflateAndDeflate();
                  }
                });
    assertEquals(0, bytes);
    assertTrue(commands.acknowledged > acknowledged);
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

  /** Counts what it is told; the host's part is done as it is asked for. */
  private final class CountingCommands extends IdleCommands {
    private long acknowledged;
    private int populating = -1;
    private int mapping = -1;

    void mapAll() {
      while (populating >= 0 || mapping >= 0) {
        int populated = populating;
        int mapped = mapping;
        populating = -1;
        mapping = -1;
        if (populated >= 0) {
          core.populated(populated);
        } else {
          core.mapped(mapped);
        }
      }
    }

    @Override
    public void populate(int granule, long firstPage, long endPage) {
      populating = granule;
    }

    @Override
    public void map(int granule) {
      mapping = granule;
    }

    @Override
    public void acknowledge(int token) {
      acknowledged++;
    }
  }
}
