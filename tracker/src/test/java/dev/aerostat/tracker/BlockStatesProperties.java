package dev.aerostat.tracker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

/** A set of blocks answers as a sorted set does. */
final class BlockStatesProperties {
  @Property
  void searchesLikeASortedSet(
      @ForAll @IntRange(min = 1, max = 300_000) int blocks,
      @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 299_999) Integer> changes) {
    var states = new BlockStates(blocks);
    var model = new TreeSet<Integer>();
    for (int change : changes) {
      int block = change % blocks;
      if (model.remove(block)) {
        states.remove(block);
      } else {
        model.add(block);
        states.add(block);
      }
      checkAround(block, blocks, states, model);
    }
    checkAround(0, blocks, states, model);
    checkAround(blocks - 1, blocks, states, model);
  }

  private static void checkAround(
      int block, int blocks, BlockStates states, NavigableSet<Integer> model) {
    for (int from = Math.max(0, block - 65); from <= Math.min(blocks - 1, block + 65); from++) {
      assertEquals(model.contains(from), states.contains(from));
      assertEquals(orNone(model.ceiling(from)), states.next(from));
      assertEquals(orNone(model.floor(from)), states.previous(from));
    }
    assertEquals(BlockStates.NONE, states.next(blocks));
    assertEquals(BlockStates.NONE, states.previous(-1));
  }

  private static int orNone(@Nullable Integer block) {
    return block == null ? BlockStates.NONE : block;
  }
}
