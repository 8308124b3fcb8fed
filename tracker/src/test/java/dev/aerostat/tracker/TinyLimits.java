package dev.aerostat.tracker;

import java.util.List;

/** Limits at which a tree splits, merges and converts every few messages. */
final class TinyLimits {
  static final TreeLimits MOSTLY_BITS = new TreeLimits(4, 18, 2, 2, 2, 4);

  /** Chunks of one block. */
  static final TreeLimits DEEP = new TreeLimits(4, 12, 4, 8, 3, 2);

  static final TreeLimits RANGES_ONLY = new TreeLimits(4, 14, 2, 1 << 20, 2, 1);

  static final List<TreeLimits> WITH_THE_REAL_ONES =
      List.of(TreeLimits.DEFAULT, MOSTLY_BITS, DEEP, RANGES_ONLY);

  private TinyLimits() {}
}
