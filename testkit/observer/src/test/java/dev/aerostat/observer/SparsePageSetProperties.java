package dev.aerostat.observer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.BitSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SparsePageSetProperties {
  /** Three whole chunks and a part of a fourth. */
  private static final int CAPACITY = 3 * 32_768 + 1000;

  record Change(int first, int end, boolean in) {}

  @Property
  void behavesAsABitSet(@ForAll("changes") List<Change> changes) {
    var pages = new SparsePageSet(CAPACITY);
    var oracle = new BitSet();
    for (Change change : changes) {
      int before = oracle.cardinality();
      oracle.set(change.first, change.end, change.in);
      long changed =
          change.in ? pages.add(change.first, change.end) : pages.remove(change.first, change.end);
      assertEquals(Math.abs(oracle.cardinality() - before), changed);
      assertEquals(oracle.cardinality(), pages.count());
      assertSameAround(change.first, oracle, pages);
      assertSameAround(change.end, oracle, pages);
    }
  }

  private static void assertSameAround(int page, BitSet oracle, SparsePageSet pages) {
    for (int i = Math.max(0, page - 2); i < Math.min(CAPACITY, page + 2); i++) {
      assertEquals(oracle.get(i), pages.contains(i));
      int nextIn = oracle.nextSetBit(i);
      assertEquals(nextIn < 0 ? CAPACITY : nextIn, pages.nextIn(i, CAPACITY));
      assertEquals(Math.min(CAPACITY, oracle.nextClearBit(i)), pages.nextOut(i, CAPACITY));
      assertEquals(oracle.get(i, CAPACITY).cardinality(), pages.countIn(i, CAPACITY));
    }
  }

  @Provide
  Arbitrary<List<Change>> changes() {
    Arbitrary<Integer> bound =
        Arbitraries.oneOf(
            Arbitraries.integers().between(0, CAPACITY),
            Arbitraries.of(0, 63, 64, 65, 32_767, 32_768, 32_769, 65_536, 98_304, CAPACITY));
    return Combinators.combine(bound, bound, Arbitraries.of(true, false))
        .as((a, b, in) -> new Change(Math.min(a, b), Math.max(a, b), in))
        .list()
        .ofMaxSize(12);
  }
}
