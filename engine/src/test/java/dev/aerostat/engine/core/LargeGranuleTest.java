package dev.aerostat.engine.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.tracker.BitmapTracker;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A granule of 8 TiB has more pages than an int can count. */
final class LargeGranuleTest {
  private static final long BYTES = 8L << 40;
  private static final long PAGES = 1L << 31;

  @Test
  void itsPagesAreReadyOnceItIsMappedAndFewerOnceSomeWereDeflated() throws IOException {
    var ranges = List.of(new GuestRange(0, BYTES), GuestRange.ofLength(BYTES, 2 << 20));
    try (SparseMemory memory = SparseMemory.allocate(ranges)) {
      Granules granules = Granules.of(memory.guestMemory(), BYTES);
      var tracker = new BitmapTracker(granules);
      var table = new GranuleTable(granules, tracker);
      var returnOrder = new ReturnOrder(granules, tracker, table);
      long _ = tracker.inflate(PAGES, PAGES + 512, false);
      long _ = tracker.inflate(0, PAGES, false);
      table.beginMapping(0);
      table.mapped(0);
      returnOrder.startOver();
      assertEquals(PAGES, returnOrder.readyPages());
      long _ = tracker.deflate(PAGES - 3, PAGES);
      returnOrder.deflated(0, 3, BalloonTracker.NONE);
      assertEquals(PAGES - 3, returnOrder.readyPages());
    }
  }
}
