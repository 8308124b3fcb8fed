package dev.aerostat.tracker;

/**
 * How much a node of the tree, and the order of inflation, hold before they take another shape.
 * Tests run at tiny ones, where a few messages split, merge and convert what otherwise takes
 * thousands.
 *
 * @param fanOut children of an inner node, even, at least 4
 * @param chunkShift pages of a chunk, as a power of two: at least a block of {@link Block#SHIFT}
 * @param leafRanges ranges of a leaf that spans several chunks, at least 2; it is split at more
 * @param chunkRanges ranges of a chunk that are kept as bounds, at least 2; at more it gets a bit
 *     for each page, and at fewer than a quarter of them bounds again
 * @param orderRuns runs of granules in the order of inflation, 2 to 480; at more the shortest is
 *     taken apart
 * @param leavesFound leaves that are remembered where they were found, a power of two; where the
 *     tree has more, more are
 */
record TreeLimits(
    int fanOut, int chunkShift, int leafRanges, int chunkRanges, int orderRuns, int leavesFound) {
  /**
   * Chunks of 1 GiB. At 128 ranges a chunk, bounds take 2 KiB and as long to change as bits do; an
   * inner node of 32 takes three levels to reach all of 16 TiB. A boot's order of inflation takes 3
   * to 13 runs; the sooner more of them are taken apart, the sooner a fragmented guest pays for
   * links only.
   */
  static final TreeLimits DEFAULT = new TreeLimits(32, 18, 64, 128, 16, 64);

  int chunkOf(long page) {
    return (int) (page >>> chunkShift);
  }

  long firstPageOf(int chunk) {
    return (long) chunk << chunkShift;
  }
}
