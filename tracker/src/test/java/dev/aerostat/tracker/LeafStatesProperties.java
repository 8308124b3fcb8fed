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

/** A set of leaves answers as a sorted set does. */
final class LeafStatesProperties {
  @Property
  void searchesLikeASortedSet(
      @ForAll @IntRange(min = 1, max = 300_000) int leaves,
      @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 299_999) Integer> changes) {
    var states = new LeafStates(leaves);
    var model = new TreeSet<Integer>();
    for (int change : changes) {
      int leaf = change % leaves;
      if (model.remove(leaf)) {
        states.remove(leaf);
      } else {
        model.add(leaf);
        states.add(leaf);
      }
      checkAround(leaf, leaves, states, model);
    }
    checkAround(0, leaves, states, model);
    checkAround(leaves - 1, leaves, states, model);
  }

  private static void checkAround(
      int leaf, int leaves, LeafStates states, NavigableSet<Integer> model) {
    for (int from = Math.max(0, leaf - 65); from <= Math.min(leaves - 1, leaf + 65); from++) {
      assertEquals(model.contains(from), states.contains(from));
      assertEquals(orNone(model.ceiling(from)), states.next(from));
      assertEquals(orNone(model.floor(from)), states.previous(from));
    }
    assertEquals(LeafStates.NONE, states.next(leaves));
    assertEquals(LeafStates.NONE, states.previous(-1));
  }

  private static int orNone(@Nullable Integer leaf) {
    return leaf == null ? LeafStates.NONE : leaf;
  }
}
