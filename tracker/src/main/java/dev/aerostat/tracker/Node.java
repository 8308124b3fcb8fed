package dev.aerostat.tracker;

/**
 * A part of the tree that is neither wholly in the balloon nor wholly out of it.
 *
 * <p>Page numbers are the guest's own, never relative to the node, and must lie in it; ranges are
 * half-open and not empty. A node is uniform only on its way out of the tree, or if it is the root.
 */
abstract sealed class Node permits Branch, Leaf {
  /** What a search answers when the node has no such page. */
  static final long NONE = -1;

  abstract boolean contains(long page);

  /** Finds the first page from {@code page} on that is ballooned, or that is not. */
  abstract long next(long page, boolean ballooned);

  /** Finds the last page up to {@code page} that is ballooned, or that is not. */
  abstract long previous(long page, boolean ballooned);

  /** Counts the ballooned pages of a range. */
  abstract long count(long first, long end);

  /** Counts the pages of a range, its first one left out, that differ from the one before them. */
  abstract long edges(long first, long end);

  /** Puts all pages of a range into the balloon, or takes them out. */
  abstract void assign(long first, long end, boolean ballooned, NodePool pool);

  /** Says whether all pages of the node are ballooned, or none is. */
  abstract boolean isAll(boolean ballooned);
}
