package dev.aerostat.engine.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** A long for each granule, in parts that come and go: beside a map. */
class LongsByGranuleProperties {
  private static final int COUNT = 1_500; // Six parts, the last of them short.
  private static final int STEPS = 2_000;

  @Property(tries = 200)
  void itHasWhatWasSet(@ForAll long seed) {
    var random = new SplittableRandom(seed);
    var longs = new LongsByGranule(COUNT);
    Map<Integer, Long> expected = new HashMap<>();
    int reach = 1 + random.nextInt(COUNT);
    for (int step = 0; step < STEPS; step++) {
      int granule = random.nextInt(reach);
      switch (random.nextInt(200)) {
        case 0 -> {
          longs.clear();
          expected.clear();
        }
        case 1 -> {
          longs.releaseAll();
          expected.clear();
        }
        case 2 -> {
          expected.keySet().forEach(set -> assertEquals(expected.get(set), longs.set(set, 0)));
          expected.clear();
        }
        default -> {
          long value = random.nextInt(3) == 0 ? random.nextLong() : 0;
          assertEquals(expected.getOrDefault(granule, 0L), longs.set(granule, value));
          expected.put(granule, value);
        }
      }
      assertEquals(expected.getOrDefault(granule, 0L), longs.get(granule));
    }
    for (int granule = 0; granule < COUNT; granule++) {
      assertEquals(expected.getOrDefault(granule, 0L), longs.get(granule));
    }
  }

  @Example
  void partsThatComeAndGoMakeNoGarbage() throws ReflectiveOperationException {
    var longs = new LongsByGranule(COUNT);
    comeAndGo(longs);
    assertEquals(0, new AllocationMeter().leastBytes(() -> comeAndGo(longs)));
  }

  private static void comeAndGo(LongsByGranule longs) {
    for (int granule = 0; granule < COUNT; granule++) {
      long _ = longs.set(granule, granule);
    }
    longs.clear();
    for (int granule = 0; granule < COUNT; granule++) {
      long _ = longs.set(granule, 1);
      long _ = longs.set(granule, 0);
    }
  }
}
