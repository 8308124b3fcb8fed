package dev.aerostat.engine.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Which message waits for which granules: beside plain sets. */
class DeflateLedgerProperties {
  private static final int GRANULES = 12;
  private static final int TOKENS = 40;
  private static final int STEPS = 300;

  @Property
  void aMessageIsReadyOnceItIsWholeAndWaitsForNothing(@ForAll long seed) {
    var random = new SplittableRandom(seed);
    var ledger = new DeflateLedger(GRANULES);
    Map<Integer, Set<Integer>> waits = new TreeMap<>();
    for (int step = 0; step < STEPS; step++) {
      switch (random.nextInt(12)) {
        case 0, 1, 2, 3 -> readMessage(ledger, waits, random);
        case 4 -> {
          ledger.clear();
          waits.clear();
        }
        case 5 -> releaseAll(ledger, waits);
        default -> release(ledger, waits, random.nextInt(GRANULES));
      }
      assertEquals(waits.isEmpty(), ledger.isEmpty());
      for (int granule = 0; granule < GRANULES; granule++) {
        int wanted = granule;
        boolean waited = waits.values().stream().anyMatch(it -> it.contains(wanted));
        assertEquals(waited, ledger.hasWaiters(granule));
      }
    }
  }

  private static void readMessage(
      DeflateLedger ledger, Map<Integer, Set<Integer>> waits, SplittableRandom random) {
    int token = random.nextInt(TOKENS);
    if (waits.containsKey(token)) {
      return;
    }
    Set<Integer> granules = new TreeSet<>();
    ledger.begin(token);
    assertFalse(ledger.isEmpty());
    for (int runs = random.nextInt(6); runs > 0; runs--) {
      int granule = random.nextInt(GRANULES);
      ledger.await(token, granule);
      granules.add(granule);
      if (random.nextInt(5) == 0) {
        release(ledger, waits, granule); // Mapped between two pieces of the message.
        granules.remove(granule);
      }
    }
    assertEquals(granules.isEmpty(), ledger.end(token));
    if (!granules.isEmpty()) {
      waits.put(token, granules);
    }
  }

  private static void release(DeflateLedger ledger, Map<Integer, Set<Integer>> waits, int granule) {
    Set<Integer> expected = new TreeSet<>();
    waits.forEach(
        (token, granules) -> {
          if (granules.remove(granule) && granules.isEmpty()) {
            expected.add(token);
          }
        });
    List<Integer> ready = new ArrayList<>();
    ledger.release(granule, ready::add);
    assertEquals(expected, new TreeSet<>(ready));
    assertEquals(expected.size(), ready.size(), "a message is ready once");
    expected.forEach(waits::remove);
  }

  private static void releaseAll(DeflateLedger ledger, Map<Integer, Set<Integer>> waits) {
    List<Integer> ready = new ArrayList<>();
    ledger.releaseAll(ready::add);
    assertEquals(waits.keySet(), new TreeSet<>(ready));
    waits.clear();
  }

  @Example
  void thereIsRoomUpToTheBoundAndAgainBelowIt() {
    var ledger = new DeflateLedger(2);
    for (int token = 0; token < DeflateLedger.MAX_WAITS; token++) {
      assertTrue(ledger.hasRoom());
      ledger.begin(token);
      ledger.await(token, token % 2);
      ledger.end(token);
    }
    assertFalse(ledger.hasRoom());
    ledger.release(0, token -> {});
    assertTrue(ledger.hasRoom());
  }
}
