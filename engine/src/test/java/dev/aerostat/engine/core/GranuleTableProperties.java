package dev.aerostat.engine.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.api.Granules;
import dev.aerostat.api.Pages;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** States and what blocks the gate, in parts that come and go: beside an array a granule. */
class GranuleTableProperties {
  // Three parts, the last of them short; two pages a granule, but one at either end.
  private static final int COUNT = 2 * 4_096 + 50;
  private static final int STEPS = 40;
  private static final int[] SPANS = {1, 3, 4_096, COUNT};

  private final Granules granules = Granules.of(Setup.memory(1, 2 * COUNT - 1), Pages.toBytes(2));
  private BitSetTracker tracker = new BitSetTracker(granules);
  private GranuleTable table = new GranuleTable(granules, tracker);
  private final int[] state = new int[COUNT];
  private final boolean[] backingOff = new boolean[COUNT];
  private final boolean[] unsure = new boolean[COUNT];

  @Property(tries = 20)
  void itSaysWhatAnArrayOfGranulesSays(@ForAll long seed) {
    var random = new SplittableRandom(seed);
    tracker = new BitSetTracker(granules);
    table = new GranuleTable(granules, tracker);
    Arrays.fill(state, GranuleTable.UNMAPPED);
    Arrays.fill(backingOff, false);
    Arrays.fill(unsure, false);
    for (int step = 0; step < STEPS; step++) {
      int first = random.nextInt(COUNT);
      int span = SPANS[random.nextInt(SPANS.length)];
      first = span == 4_096 ? first & -4_096 : span == COUNT ? 0 : first;
      int action = random.nextInt(step == STEPS - 1 ? 9 : 8);
      for (int granule = first; granule < Math.min(COUNT, first + span); granule++) {
        act(action, granule, random);
      }
      if (action == 6) {
        table.recountBlocking();
      } else if (action == 7 && random.nextInt(4) == 0) {
        tracker.clear();
        table.balloonEmptied();
      } else if (action == 8) {
        endAll();
      }
      check();
    }
  }

  private void act(int action, int granule, SplittableRandom random) {
    switch (action) {
      case 0, 1 -> map(granule);
      case 2 -> refuse(granule, random.nextBoolean());
      case 3 -> endBackOff(granule);
      case 4 -> {
        long first = granules.firstPage(granule);
        long _ = tracker.inflate(first, granules.endPage(granule), false);
        table.inflated(granule);
      }
      case 5 -> {
        long _ = tracker.deflate(granules.firstPage(granule), granules.firstPage(granule) + 1);
        table.deflated(granule);
      }
      default -> {}
    }
  }

  private void map(int granule) {
    if (table.isIdle(granule)) {
      table.beginMapping(granule);
      table.mapped(granule);
      state[granule] = GranuleTable.MAPPED;
    }
  }

  private void refuse(int granule, boolean keepsNoPromise) {
    if (table.isIdle(granule)) {
      table.beginMapping(granule);
      table.setUnsure(granule, keepsNoPromise);
      table.mapFailed(granule);
      backingOff[granule] = true;
      unsure[granule] = keepsNoPromise;
    }
  }

  private void endBackOff(int granule) {
    table.backOffEnded(granule);
    backingOff[granule] = false;
  }

  private void endAll() {
    table.beginUnmappingAll();
    for (int granule = 0; granule < COUNT; granule++) {
      if (state[granule] == GranuleTable.MAPPED) {
        state[granule] = GranuleTable.UNMAPPING;
      }
      table.inflated(granule); // A guest that still runs: parts that are shared must not change.
    }
    var other = new GranuleTable(granules, new BitSetTracker(granules));
    assertEquals(COUNT, other.blocking());
    assertEquals(GranuleTable.UNMAPPED, other.state(COUNT - 1));
  }

  private void check() {
    int blocking = 0;
    int mapped = 0;
    long pages = 0;
    boolean ended = false;
    for (int granule = 0; granule < COUNT; granule++) {
      boolean isMapped = state[granule] == GranuleTable.MAPPED;
      ended |= state[granule] == GranuleTable.UNMAPPING;
      assertEquals(state[granule], table.state(granule));
      assertEquals(isMapped, table.isMapped(granule));
      assertEquals(backingOff[granule], table.isBackingOff(granule));
      assertEquals(
          state[granule] == GranuleTable.UNMAPPED && !backingOff[granule], table.isIdle(granule));
      assertEquals(!isMapped && isUnsure(granule), table.isUnsure(granule));
      if (isMapped) {
        mapped++;
        pages += granules.endPage(granule) - granules.firstPage(granule);
      } else if (!tracker.containsAll(granules.firstPage(granule), granules.endPage(granule))) {
        blocking++;
      }
    }
    if (!ended) {
      assertEquals(blocking, table.blocking());
      assertEquals(mapped, table.mapped());
      assertEquals(pages, table.mappedPages());
      assertEquals(mapped == COUNT, table.allMapped());
    }
  }

  private boolean isUnsure(int granule) {
    return unsure[granule] && state[granule] == GranuleTable.UNMAPPED;
  }
}
