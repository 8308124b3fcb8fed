package dev.aerostat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

final class GuestMemoryProperties {
  @Provide
  Arbitrary<GuestMemory> guests() {
    return TestGuests.any();
  }

  @Property
  void aPageIsInTheRegionWhoseRangeHoldsIt(
      @ForAll("guests") GuestMemory memory, @ForAll @LongRange(max = 400) long page) {
    int index = memory.regionOfPage(page);
    List<MemoryRegion> holding =
        memory.regions().stream()
            .filter(region -> region.range().contains(Pages.toBytes(page)))
            .toList();
    assertEquals(holding, index < 0 ? List.of() : List.of(memory.region(index)));
    assertEquals(holding.stream().findFirst(), memory.regionOf(Pages.toBytes(page) + 4095));
  }

  @Property
  void theRegionAtOrAfterAPageIsTheLowestThatEndsAboveIt(
      @ForAll("guests") GuestMemory memory, @ForAll @LongRange(min = -1, max = 400) long page) {
    int lowest = 0;
    while (lowest < memory.regionCount() && memory.region(lowest).range().endPage() <= page) {
      lowest++;
    }
    assertEquals(lowest, memory.regionAtOrAfter(page));
  }

  @Property
  void aRangeIsRamIfEachOfItsPagesIs(
      @ForAll("guests") GuestMemory memory,
      @ForAll @LongRange(max = 400) long first,
      @ForAll @LongRange(max = 400) long end) {
    boolean ram =
        first < end
            && LongStream.range(first, end).allMatch(page -> memory.regionOfPage(page) >= 0);
    assertEquals(ram, memory.containsPages(first, end));
  }

  @Property
  void holesAreNotCounted(@ForAll("guests") GuestMemory memory) {
    long pages =
        LongStream.range(0, memory.endPage()).filter(p -> memory.regionOfPage(p) >= 0).count();
    assertEquals(pages, memory.pages());
    assertEquals(pages * 4096, memory.bytes());
    assertEquals(-1, memory.regionOfPage(memory.endPage()));
  }

  @Example
  void regionsComeInAnyOrderAndStandInAscendingOrder() {
    var low = new GuestRange(0, 0x1000);
    var high = new GuestRange(0x1_0000_0000L, 0x1_0000_1000L);
    var memory = TestGuests.of(high, low);
    assertEquals(2, memory.regionCount());
    assertEquals(low, memory.region(0).range());
    assertEquals(high, memory.region(1).range());
    assertEquals("GuestMemory[[0x0, 0x1000), [0x100000000, 0x100001000)]", memory.toString());
  }

  @Example
  void addressesBelowZeroAreNotRam() {
    var memory = TestGuests.of(new GuestRange(0, 0x1000));
    assertTrue(memory.regionOf(-1).isEmpty());
    assertEquals(-1, memory.regionOfPage(-1));
  }

  @Example
  void regionsThatOverlapAreRefusedWithBothNames() {
    var one = new GuestRange(0, 0x3000);
    var other = new GuestRange(0x2000, 0x4000);
    var refusal = assertThrows(IllegalArgumentException.class, () -> TestGuests.of(other, one));
    assertEquals("memory regions [0x0, 0x3000) and [0x2000, 0x4000) overlap", refusal.getMessage());
    assertThrows(IllegalArgumentException.class, () -> GuestMemory.of(List.of()));
  }
}
