package dev.aerostat.mapper.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.BitSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class PageBitSetProperties {
  private static final int CHUNK = 1 << 16;
  private static final int END = 4 * CHUNK;

  @Property
  void afterEveryChangeItAgreesWithABitSet(
      @ForAll("changes") List<Change> changes, @ForAll("pages") int probe) {
    var pages = new PageBitSet();
    var model = new BitSet();
    for (Change change : changes) {
      change.applyTo(pages, model);
      assertEquals(model.cardinality(), pages.size());
      assertAgreeAt(probe, pages, model);
      assertAgreeAt(change.first, pages, model);
      assertAgreeAt(change.end, pages, model);
    }
  }

  private static void assertAgreeAt(int page, PageBitSet pages, BitSet model) {
    assertEquals(model.get(page), pages.contains(page));
    int next = model.nextSetBit(page);
    assertEquals(next < 0 ? END + 9 : next, pages.next(page, END + 9));
    assertEquals(next < 0 ? page + 70 : Math.min(page + 70, next), pages.next(page, page + 70));
    assertEquals(model.previousSetBit(page), pages.previous(page));
    assertEquals(Math.min(END + 9, model.nextClearBit(page)), pages.nextAbsent(page, END + 9));
    assertEquals(Math.min(page + 70, model.nextClearBit(page)), pages.nextAbsent(page, page + 70));
  }

  @Example
  void sixteenTebibytesFillAtOnce() {
    var pages = new PageBitSet();
    assertEquals(1L << 32, pages.add(0, 1L << 32));
    assertEquals(
        1, pages.remove(12_345_678_900L & 0xffff_ffffL, (12_345_678_900L & 0xffff_ffffL) + 1));
    assertEquals((1L << 32) - 1, pages.size());
    assertEquals(1L << 32, pages.nextAbsent((1L << 32) - 1, Long.MAX_VALUE));
  }

  @Provide
  Arbitrary<Integer> pages() {
    Arbitrary<Integer> nearChunkEdges =
        Combinators.combine(
                Arbitraries.integers().between(0, 3), Arbitraries.integers().between(-66, 66))
            .as((chunk, offset) -> Math.max(0, chunk * CHUNK + offset));
    return Arbitraries.oneOf(nearChunkEdges, Arbitraries.integers().between(0, END - 1));
  }

  @Provide
  Arbitrary<List<Change>> changes() {
    return Combinators.combine(Arbitraries.of(true, true, false), pages(), pages())
        .as((add, one, other) -> new Change(add, Math.min(one, other), Math.max(one, other) + 1))
        .list()
        .ofMaxSize(20);
  }

  record Change(boolean add, int first, int end) {
    private void applyTo(PageBitSet pages, BitSet model) {
      int before = model.cardinality();
      if (add) {
        model.set(first, end);
        assertEquals(model.cardinality() - before, pages.add(first, end));
      } else {
        model.clear(first, end);
        assertEquals(before - model.cardinality(), pages.remove(first, end));
      }
    }
  }
}
