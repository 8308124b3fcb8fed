package dev.aerostat.tracker;

import org.jspecify.annotations.Nullable;

/**
 * The ranges in a span of whole chunks. A range that goes on in the next span is cut there: each
 * leaf has its <em>piece</em> of it, and is marked {@link #joined}.
 *
 * <p>A search answers with the first page beyond the span where there is no such page in it.
 */
abstract sealed class TreeLeaf extends TreeNode permits RangeLeaf, BitmapLeaf {
  final long first;
  long end;
  @Nullable TreeLeaf previous;
  @Nullable TreeLeaf next;

  /** Pages of the set, as the sums above it count them. */
  long pages;

  /** Pieces, as the set's ranges are counted by them. */
  int pieces;

  /** With more pieces than this it needs another shape, as it does when they become fewer than. */
  int most;

  final int fewest;

  /** Whether its first piece goes on from the leaf before. */
  boolean joined;

  TreeLeaf(long first, long end, int fewest) {
    this.first = first;
    this.end = end;
    this.fewest = fewest;
  }

  /** Returns whether it spans a page; one comparison, as two are guessed wrong half the time. */
  final boolean spans(long page) {
    return Long.compareUnsigned(page - first, end - first) < 0;
  }

  @Override
  final long pages() {
    return pages;
  }

  abstract boolean contains(long page);

  /** Finds the first page in the set, or out of it, from one of the span on; else its end. */
  abstract long next(long page, boolean in);

  /**
   * Finds the last page in the set, or out of it, up to one of the span; else the one before it.
   */
  abstract long previous(long page, boolean in);

  /** Counts the pages of the set in a part of the span, which is not empty. */
  abstract long count(long from, long to);

  /** Returns what it takes on the heap, but for blocks, which {@link SpareBlocks} counts. */
  abstract long heldBytes();
}
