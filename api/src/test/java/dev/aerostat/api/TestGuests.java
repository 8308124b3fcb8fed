package dev.aerostat.api;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Small guests with holes of all sizes, none included, between their regions. */
final class TestGuests {
  private TestGuests() {}

  static GuestMemory of(GuestRange... ranges) {
    return GuestMemory.of(List.of(ranges).stream().map(TestGuests::region).toList());
  }

  static MemoryRegion region(GuestRange range) {
    return new MemoryRegion(range, Arena.ofAuto().allocate(range.length(), Pages.SIZE));
  }

  static Arbitrary<GuestMemory> any() {
    Arbitrary<Integer> holes = Arbitraries.integers().between(0, 40);
    Arbitrary<Integer> lengths = Arbitraries.integers().between(1, 40);
    return Combinators.combine(holes, lengths)
        .as((hole, length) -> new int[] {hole, length})
        .list()
        .ofMinSize(1)
        .ofMaxSize(5)
        .map(TestGuests::layOut);
  }

  private static GuestMemory layOut(List<int[]> pieces) {
    var ranges = new ArrayList<GuestRange>();
    long page = 0;
    for (int[] piece : pieces) {
      long first = page + piece[0];
      page = first + piece[1];
      ranges.add(GuestRange.ofPages(first, page));
    }
    return of(ranges.toArray(GuestRange[]::new));
  }
}
