package dev.aerostat.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class GranulesProperties {
  @Provide
  Arbitrary<GuestMemory> guests() {
    return TestGuests.any();
  }

  @Provide
  Arbitrary<Long> sizes() {
    return Arbitraries.of(0x1000L, 0x2000L, 0x8000L, 0x20000L, 0x200000L);
  }

  @Property
  void granulesCoverAllRamAndNothingElseEachPageOnce(
      @ForAll("guests") GuestMemory memory, @ForAll("sizes") long bytes) {
    var granules = Granules.of(memory, bytes);
    long pages = 0;
    long after = 0;
    for (int i = 0; i < granules.count(); i++) {
      assertTrue(granules.firstPage(i) >= after, "granules ascend and do not overlap");
      assertTrue(memory.containsPages(granules.firstPage(i), granules.endPage(i)));
      after = granules.endPage(i);
      pages += granules.endPage(i) - granules.firstPage(i);
    }
    assertEquals(memory.pages(), pages);
  }

  @Property
  void everyPageIsInTheGranuleOfItsIndex(
      @ForAll("guests") GuestMemory memory, @ForAll("sizes") long bytes) {
    var granules = Granules.of(memory, bytes);
    for (long page = 0; page <= memory.endPage(); page++) {
      int index = granules.indexOf(page);
      assertEquals(memory.regionOfPage(page) < 0, index < 0);
      if (index >= 0) {
        assertTrue(granules.firstPage(index) <= page && page < granules.endPage(index));
      }
    }
  }

  @Property
  void aGranuleIsAlignedUnlessARegionEndsThereAndNeverSpansTwoRegions(
      @ForAll("guests") GuestMemory memory, @ForAll("sizes") long bytes) {
    var granules = Granules.of(memory, bytes);
    for (int i = 0; i < granules.count(); i++) {
      GuestRange range = granules.range(i);
      GuestRange region = memory.region(memory.regionOfPage(range.firstPage())).range();
      assertTrue(range.start() % bytes == 0 || range.start() == region.start());
      assertTrue(range.end() % bytes == 0 || range.end() == region.end());
      assertTrue(range.length() <= bytes && range.end() <= region.end());
    }
  }

  @Property
  void theBytesOfAGranuleLieWhereItsRegionSays(
      @ForAll("guests") GuestMemory memory, @ForAll("sizes") long bytes) {
    var granules = Granules.of(memory, bytes);
    for (int i = 0; i < granules.count(); i++) {
      long start = granules.range(i).start();
      assertEquals(
          memory.regionOf(start).orElseThrow().hostAddress(start), granules.hostAddress(i));
    }
  }

  @Example
  void aGranuleIsAPowerOfTwoOfAtLeastAPage() {
    var memory = TestGuests.of(new GuestRange(0, 0x4000));
    for (long bytes : new long[] {0, 2048, 0x3000, -4096, Long.MIN_VALUE}) {
      var refusal = assertThrows(IllegalArgumentException.class, () -> Granules.of(memory, bytes));
      assertTrue(String.valueOf(refusal.getMessage()).contains("a granule of " + bytes));
    }
    assertEquals(0x2000, Granules.of(memory, 0x2000).granuleBytes());
    assertEquals(memory, Granules.of(memory, 0x2000).memory());
  }

  @Example
  void aGranuleThatIsNotThereIsRefused() {
    var granules = Granules.of(TestGuests.of(new GuestRange(0, 0x4000)), 0x2000);
    assertEquals(2, granules.count());
    assertThrows(IndexOutOfBoundsException.class, () -> granules.range(2));
    assertThrows(IndexOutOfBoundsException.class, () -> granules.firstPage(-1));
  }
}
