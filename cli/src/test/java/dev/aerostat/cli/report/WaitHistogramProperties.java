package dev.aerostat.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalLong;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class WaitHistogramProperties {
  private static List<WaitHistogram.Bin> bins(List<Long> waits) {
    var histogram = new WaitHistogram();
    waits.forEach(histogram::add);
    return histogram.bins();
  }

  @Property
  void everyWaitIsInTheBinWhoseBoundsHoldIt(
      @ForAll @Size(min = 1, max = 60)
          List<@LongRange(min = 0, max = 900_000_000_000L) Long> waits) {
    long after = -1;
    List<WaitHistogram.Bin> bins = bins(waits);
    if (bins.getFirst().upToNanos().isPresent()) {
      assertTrue(bins.getFirst().messages() > 0, "begins where there is something");
    }
    long below = 0;
    for (WaitHistogram.Bin bin : bins) {
      long bound = bin.upToNanos().orElse(Long.MAX_VALUE);
      assertTrue(bound > after, "bins ascend");
      below += bin.messages();
      assertEquals(waits.stream().filter(wait -> wait <= bound).count(), below, () -> "" + bin);
      after = bound;
    }
    assertEquals(waits.size(), below);
    assertTrue(bins.getLast().messages() > 0, "ends where there is nothing more");
  }

  @Example
  void aBoundIsTheLastOfItsBin() {
    assertEquals(
        List.of(
            new WaitHistogram.Bin(OptionalLong.of(0), 1),
            new WaitHistogram.Bin(OptionalLong.of(1_000), 2),
            new WaitHistogram.Bin(OptionalLong.of(2_000), 1)),
        bins(List.of(0L, 1L, 1_000L, 1_001L)));
  }

  @Example
  void whatIsLongerThanAllBoundsIsStillCounted() {
    assertEquals(
        List.of(new WaitHistogram.Bin(OptionalLong.empty(), 1)), bins(List.of(Long.MAX_VALUE)));
  }

  @Example
  void nothingHasNoBins() {
    assertEquals(List.of(), bins(List.of()));
  }
}
