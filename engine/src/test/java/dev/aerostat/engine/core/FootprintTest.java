package dev.aerostat.engine.core;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.tracker.IntervalTreeTracker;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the state machine and the tracker of a booted guest hold, as the heap counts it. */
class FootprintTest {
  private static final long GRANULE_BYTES = 2L << 20;
  private static final int PAGES = 512;
  private static final long MOST_BYTES = 64 << 10;
  private static final int LEFT = 2_048;
  private static final int BALLOONED = 1_000;
  private static final int TIMES = 2;
  private static final int COLLECTIONS = 3;

  @ParameterizedTest
  @ValueSource(longs = {384L << 30, 16L << 40})
  void aBootedGuestHoldsLittleHoweverLargeItIs(long bytes) {
    Granules granules = untouched(bytes);
    long held = IntStream.range(0, TIMES).mapToLong(_ -> held(granules)).min().orElseThrow();
    assertTrue(
        held <= MOST_BYTES, () -> "%d bytes for %d granules".formatted(held, granules.count()));
  }

  private static long held(Granules granules) {
    long before = inUse();
    EngineCore core = booted(granules);
    try {
      return inUse() - before;
    } finally {
      Reference.reachabilityFence(core);
    }
  }

  /**
   * Most is mapped, then the guest inflates a granule here and there, mapped or not, and takes all
   * back once the rest is mapped.
   */
  private static EngineCore booted(Granules granules) {
    var host = new WillingHost();
    var tracker = new IntervalTreeTracker(granules);
    var core = new EngineCore(granules, tracker, Setup.plain(PAGES), host);
    core.start();
    host.run(core, granules.memory().pages() - LEFT * PAGES);
    for (int granule = 0; granule < granules.count(); granule += granules.count() / BALLOONED) {
      core.inflated(granules.firstPage(granule), granules.endPage(granule), true);
      core.inflateMessageEnd(PAGES);
    }
    core.turnEnded();
    host.run(core, granules.memory().pages());
    core.gateOpened();
    for (int granule = 0; granule < granules.count(); granule += granules.count() / BALLOONED) {
      core.deflateBegin(1);
      core.deflated(1, granules.firstPage(granule), granules.endPage(granule));
      core.deflateEnd(1, PAGES);
    }
    core.turnEnded();
    core.timer(TargetPolicy.TIMER);
    assertTrue(core.progress().done(), core.progress()::toString);
    return core;
  }

  @SuppressWarnings("restricted")
  private static Granules untouched(long bytes) {
    var region = new MemoryRegion(new GuestRange(0, bytes), MemorySegment.NULL.reinterpret(bytes));
    return Granules.of(GuestMemory.of(List.of(region)), GRANULE_BYTES);
  }

  private static long inUse() {
    for (int collection = 0; collection < COLLECTIONS; collection++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
