package dev.aerostat.guest.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BootOrderProperties {
  @Property
  void everyPageIsGivenOnceAndNoOther(
      @ForAll @IntRange(min = 0, max = 5000) int first,
      @ForAll @IntRange(min = 1, max = 30_000) int length,
      @ForAll @IntRange(min = 1, max = 20) int cpus,
      @ForAll BalloonPage page) {
    var zones = List.of(new PageZone(first, first + length), new PageZone(100_000, 100_003));
    var order = new BootOrder(zones, page, cpus);
    var seen = new BitSet();
    while (order.advance()) {
      for (int i = (int) order.start(); i < order.end(); i++) {
        assertTrue(!seen.get(i), "a page given twice");
        seen.set(i);
      }
    }
    assertEquals(first, seen.nextSetBit(0));
    assertEquals(first + length, seen.nextClearBit(first));
    assertEquals(length + 3, seen.cardinality());
  }

  @Example
  void withOneCpuBlocksAscend() {
    assertEquals(List.of(0L, 1024L, 2048L, 3072L), starts(1));
  }

  @Example
  void withTwoCpusTheBlocksOfTheHalvesTakeTurns() {
    assertEquals(List.of(0L, 2048L, 1024L, 3072L), starts(2));
  }

  private static List<Long> starts(int cpus) {
    var order = new BootOrder(List.of(new PageZone(0, 4096)), BalloonPage.SMALL, cpus);
    var starts = new ArrayList<Long>();
    while (order.advance()) {
      starts.add(order.start());
    }
    return starts;
  }
}
