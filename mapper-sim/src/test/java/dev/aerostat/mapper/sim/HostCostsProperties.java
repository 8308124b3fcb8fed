package dev.aerostat.mapper.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

final class HostCostsProperties {
  private static final long GIB = 1 << 18;
  private static final long SIXTEEN_TIB = 1L << 32;

  private final HostCosts costs = HostCosts.typical();

  @Example
  void oneThreadPopulatesAndMapsAGibibyteIn235Milliseconds() {
    assertEquals(216_000_000, costs.populate(GIB, 1));
    assertEquals(18_802_000, costs.map(GIB, 0));
    assertEquals(234_802_000, costs.map(GIB, GIB));
  }

  @Example
  void eightThreadsTogetherAreSevenTimesAsFastAsOne() {
    assertEquals(216_000_000 / 7, costs.populate(GIB, 8) / 8);
  }

  @Property
  void eachThreadMoreHelpsUpToEightAndNoneBeyond(@ForAll @IntRange(min = 1, max = 64) int threads) {
    long together = costs.populate(64 * GIB, threads) / threads;
    long withOneMore = costs.populate(64 * GIB, threads + 1) / (threads + 1);
    if (threads < 8) {
      assertTrue(withOneMore < together);
    } else {
      assertEquals(216_000 * 64L / 7, withOneMore / 1000);
    }
  }

  @Property(tries = 2000)
  void cuttingWorkIntoSlicesCostsTheSameButForRounding(
      @ForAll @LongRange(max = SIXTEEN_TIB) long pages,
      @ForAll @LongRange(max = SIXTEEN_TIB) long more,
      @ForAll @IntRange(min = 1, max = 16) int threads) {
    long apart = costs.populate(pages, threads) + costs.populate(more, threads);
    assertTrue(Math.abs(costs.populate(pages + more, threads) - apart) <= 1);
  }

  @Property
  void nothingOverflowsUpToSixteenTebibytes(
      @ForAll @LongRange(max = SIXTEEN_TIB) long pages,
      @ForAll @IntRange(min = 1, max = 1024) int threads) {
    double expected = 216e6 * pages / GIB * threads / Math.min(7, (6.0 * threads + 1) / 7);
    assertEquals(expected, (double) costs.populate(pages, threads), 1 + expected * 1e-6);
  }

  @Example
  void anUnmapCostsItsMappingsAndItsPages() {
    assertEquals(3 * 5_300 + 18_800_000, costs.unmap(3, GIB));
    assertEquals(26_214_400, costs.discard(GIB));
  }

  @Example
  void noCostIsNegative() {
    assertThrows(IllegalArgumentException.class, () -> new HostCosts(1, 1, 1, 1, -1, 1));
  }
}
