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
  private static final int BLOCK = 1024;
  private static final int SECTION = 32 * BLOCK;

  @Property
  void everyPageIsGivenOnceAndNoOther(
      @ForAll @IntRange(min = 0, max = 5000) int first,
      @ForAll @IntRange(min = 1, max = 300_000) int length,
      @ForAll @IntRange(min = 1, max = 20) int cpus,
      @ForAll BalloonPage page) {
    var zones =
        List.of(
            new PageZone(first, first + length, true), new PageZone(1_000_000, 1_000_003, false));
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
    assertEquals(List.of(0L, 1024L, 2048L, 3072L), starts(4 * BLOCK, 1, true));
  }

  @Example
  void withTwoCpusTheBlocksOfTwoPartsTakeTurnsThenThoseOfTheNextTwo() {
    List<Long> starts = starts(8L * 2 * SECTION, 2, true);

    long part = 2 * SECTION;
    assertEquals(List.of(0L, part, (long) BLOCK, part + BLOCK), starts.subList(0, 4));
    int round = (int) (2 * part / BLOCK);
    assertEquals(List.of(2 * part, 3 * part), starts.subList(round, round + 2));
  }

  @Example
  void noPartIsSmallerThanASection() {
    List<Long> starts = starts(2 * SECTION, 8, true);

    assertEquals(List.of(0L, (long) SECTION, (long) BLOCK), starts.subList(0, 3));
  }

  @Example
  void aZoneThatIsNotTheHighestAscendsWhateverTheNumberOfCpus() {
    List<Long> starts = starts(8 * SECTION, 4, false);

    assertEquals(starts.stream().sorted().toList(), starts);
  }

  private static List<Long> starts(long pages, int cpus, boolean deferred) {
    var zones = List.of(new PageZone(0, pages, deferred));
    var order = new BootOrder(zones, BalloonPage.SMALL, cpus);
    var starts = new ArrayList<Long>();
    while (order.advance()) {
      starts.add(order.start());
    }
    return starts;
  }
}
