package dev.aerostat.engine.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.api.Pages;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.BeforeTry;

/** What is ready to be handed back, kept as things happen: beside a count from scratch. */
class ReturnOrderProperties {
  private static final int STEPS = 300;

  private final Granules granules =
      Granules.of(Setup.memory(3, 61, 64, 70, 70, 131), Pages.toBytes(8));
  private BitSetTracker tracker = new BitSetTracker(granules);
  private GranuleTable table = new GranuleTable(granules, tracker);
  private ReturnOrder returnOrder = new ReturnOrder(granules, tracker, table);
  private ReturnOrderModel model = new ReturnOrderModel(granules, tracker, granule -> false);

  @BeforeTry
  void nothingIsKnown() {
    tracker = new BitSetTracker(granules);
    table = new GranuleTable(granules, tracker);
    returnOrder = new ReturnOrder(granules, tracker, table);
    model = new ReturnOrderModel(granules, tracker, table::isMapped);
  }

  @Property
  void readyPagesAndTheNextToMapAreThoseOfACountFromScratch(@ForAll long seed) {
    var random = new SplittableRandom(seed);
    for (int step = 0; step < STEPS; step++) {
      int granule = random.nextInt(granules.count());
      long first = random.nextLong(granules.firstPage(granule), granules.endPage(granule));
      long end = random.nextLong(first, granules.endPage(granule)) + 1;
      switch (random.nextInt(20)) {
        case 0, 1, 2 -> map(granule);
        case 3 -> next(random);
        case 4 -> startOver(random);
        case 5, 6, 7, 8, 9, 10, 11 -> deflate(granule, first, end);
        default ->
            returnOrder.inflated(granule, model.inflate(granule, first, end, random.nextBoolean()));
      }
      assertEquals(model.readyPages(), returnOrder.readyPages());
      assertEquals(nextToMap(), returnOrder.nextToMap());
    }
  }

  private void map(int granule) {
    if (table.isIdle(granule)) {
      table.beginMapping(granule);
    } else if (table.state(granule) == GranuleTable.MAPPING) {
      table.mapped(granule);
      returnOrder.mapped(granule);
    }
  }

  private void next(SplittableRandom random) {
    int granule = returnOrder.nextToMap();
    if (granule != BalloonTracker.NONE && random.nextBoolean()) {
      table.beginMapping(granule);
    }
  }

  private void startOver(SplittableRandom random) {
    if (random.nextInt(10) == 0) {
      tracker.clear();
      model.startOver();
      returnOrder.startOver();
    }
  }

  private void deflate(int granule, long first, long end) {
    if (tracker.intersects(first, end)) {
      int older = returnOrder.olderThanFrontier(granule);
      returnOrder.deflated(granule, model.deflate(granule, first, end), older);
    }
  }

  private int nextToMap() {
    return tracker.newestFirst().stream()
        .filter(table::isIdle)
        .findFirst()
        .orElse(BalloonTracker.NONE);
  }

  @Example
  void compactionOfOnePageDoesNotMakeItsWholeGranuleReady() {
    int unmapped = granules.indexOf(100);
    int compacted = granules.indexOf(80);
    returnOrder.inflated(compacted, tracker.inflate(80, 84, false));
    returnOrder.inflated(unmapped, tracker.inflate(100, 104, false));
    table.beginMapping(compacted);
    table.mapped(compacted);

    returnOrder.inflated(compacted, tracker.inflate(84, 85, false));

    assertEquals(1, returnOrder.readyPages());
  }
}
