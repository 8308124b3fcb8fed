package dev.aerostat.tracker;

import org.jspecify.annotations.Nullable;

/** A node of the tree and its place below another. */
abstract sealed class TreeNode permits InnerNode, TreeLeaf {
  /** Absent above the root. */
  @Nullable InnerNode parent;

  /** Which child of its parent it is. */
  int slot;

  /** Returns how many pages of the set are under it. */
  abstract long pages();
}
