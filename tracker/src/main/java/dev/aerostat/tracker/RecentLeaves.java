package dev.aerostat.tracker;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Leaves of the tree by their number, so that most changes need no walk from the root: each has one
 * place, which it shares with those whose numbers differ by a multiple of the places. In 16 GiB
 * without holes no two share one.
 */
final class RecentLeaves {
  private static final int MOST = 1024;

  private final @Nullable Leaf[] leaves;
  private final int mask;

  /**
   * Makes room for as many as are worth it.
   *
   * @param leaves how many the tree can have: a power of two
   */
  RecentLeaves(long leaves) {
    this.leaves = new Leaf[(int) Math.min(MOST, leaves)];
    this.mask = this.leaves.length - 1;
  }

  /** Gives the leaf of a page if it is here. */
  @Nullable Leaf of(long page) {
    int number = Leaf.numberOf(page);
    Leaf leaf = leaves[number & mask];
    return leaf != null && leaf.number == number ? leaf : null;
  }

  void remember(Leaf leaf) {
    leaves[leaf.number & mask] = leaf;
  }

  /** The leaf is about to leave the tree. */
  void forget(Leaf leaf) {
    if (leaves[leaf.number & mask] == leaf) {
      leaves[leaf.number & mask] = null;
    }
  }

  void forEach(Consumer<Leaf> visitor) {
    Arrays.stream(leaves).filter(Objects::nonNull).forEach(visitor);
  }

  long heldBytes() {
    return HeapSize.OBJECT + HeapSize.references(leaves.length);
  }
}
