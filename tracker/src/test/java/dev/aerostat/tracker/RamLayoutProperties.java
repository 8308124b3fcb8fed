package dev.aerostat.tracker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.SparseMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Packed pages keep the order, the neighbours and the place in a block that they have in memory.
 */
final class RamLayoutProperties {
  private record Gap(long pages, long then) {}

  /** Regions that touch, share a block, or lie in blocks far apart. */
  @Provide
  Arbitrary<List<GuestRange>> regions() {
    Arbitrary<Long> gaps =
        Arbitraries.oneOf(
            Arbitraries.of(0L, 1L, 4095L, 4096L, 4097L, 8192L),
            Arbitraries.longs().between(0, 1 << 20));
    Arbitrary<Long> lengths =
        Arbitraries.oneOf(
            Arbitraries.of(1L, 64L, 4096L, 4097L), Arbitraries.longs().between(1, 20_000));
    return Combinators.combine(gaps, lengths)
        .as(Gap::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6)
        .map(RamLayoutProperties::ranges);
  }

  private static List<GuestRange> ranges(List<Gap> gaps) {
    var ranges = new ArrayList<GuestRange>();
    long page = 0;
    for (Gap gap : gaps) {
      page += gap.pages();
      ranges.add(GuestRange.ofPages(page, page + gap.then()));
      page += gap.then();
    }
    return ranges;
  }

  @Property
  void pagesArePackedInOrderAndCanBeUnpacked(@ForAll("regions") List<GuestRange> ranges)
      throws IOException {
    onLayout(
        ranges,
        (layout, memory) -> {
          long before = Block.PAGES - 1;
          for (long page : edges(ranges)) {
            long packed = layout.pack(page);
            if (memory.regionOfPage(page) < 0) {
              assertEquals(-1, packed);
              continue;
            }
            assertTrue(packed > before && packed >>> Block.SHIFT < layout.blocks() - 1);
            assertEquals(page & (Block.PAGES - 1), packed & (Block.PAGES - 1));
            assertEquals(page, layout.unpack(packed));
            assertEquals(packed, layout.regionOf(page, page + 1).pack(page));
            boolean afterAnother = memory.regionOfPage(page - 1) >= 0;
            assertEquals(afterAnother, layout.pack(page - 1) == packed - 1);
            before = packed;
          }
        });
  }

  @Property
  void whatIsNoRamIsPackedAsTheNextThatIs(@ForAll("regions") List<GuestRange> ranges)
      throws IOException {
    onLayout(
        ranges,
        (layout, memory) -> {
          for (long page : edges(ranges)) {
            long next = page;
            while (next < memory.endPage() && memory.regionOfPage(next) < 0) {
              next++;
            }
            long expected =
                next < memory.endPage() ? layout.pack(next) : (long) layout.blocks() << Block.SHIFT;
            assertEquals(expected, layout.packNext(page));
          }
        });
  }

  @Property
  void aRangeHasARegionOnlyIfAllOfItIsRam(@ForAll("regions") List<GuestRange> ranges)
      throws IOException {
    onLayout(
        ranges,
        (layout, memory) -> {
          List<Long> edges = edges(ranges);
          for (int i = 1; i < edges.size(); i++) {
            long first = edges.get(i - 1);
            long end = edges.get(i);
            if (memory.containsPages(first, end)) {
              long packed = layout.regionOf(first, end).pack(first);
              assertEquals(layout.pack(end - 1) - packed, end - 1 - first);
            } else {
              assertThrows(IllegalArgumentException.class, () -> layout.regionOf(first, end));
            }
          }
        });
  }

  /** Ascending: the pages around both ends of each region. */
  private static List<Long> edges(List<GuestRange> ranges) {
    return ranges.stream()
        .flatMap(range -> Stream.of(range.firstPage(), range.endPage()))
        .flatMap(page -> Stream.of(page - 1, page, page + 1))
        .filter(page -> page >= 0)
        .sorted()
        .distinct()
        .toList();
  }

  private static void onLayout(List<GuestRange> ranges, Scenario scenario) throws IOException {
    try (SparseMemory memory = SparseMemory.allocate(ranges)) {
      var granules = Granules.of(memory.guestMemory(), 2 * TrackedGuests.MIB);
      scenario.play(new RamLayout(granules), memory.guestMemory());
    }
  }

  private interface Scenario {
    void play(RamLayout layout, GuestMemory memory);
  }
}
