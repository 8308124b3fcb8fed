package dev.aerostat.tracker;

import org.jspecify.annotations.Nullable;

/** The pages of one chunk as bits, where ranges are many. */
final class BitmapLeaf extends TreeLeaf {
  final PageBitmap bits;

  /** What to add to a page for its number in the bitmap, whose first block stays empty. */
  private final long bias;

  /** Whether {@link #pages} and {@link #pieces}, and the sums above, are older than the bits. */
  boolean isUncounted;

  @Nullable BitmapLeaf nextUncounted;

  /** Takes over the span and the ranges of a leaf. */
  BitmapLeaf(RangeLeaf ranges, TreeLimits limits, SpareBlocks spare) {
    super(ranges.first, ranges.end, Math.max(1, limits.chunkRanges() / 4));
    bits = new PageBitmap((int) ((end - first) >>> Block.SHIFT) + 2, spare);
    bias = Block.PAGES - first;
    most = Integer.MAX_VALUE;
    for (int bound = 0; bound < ranges.count; bound += 2) {
      assign(ranges.bounds[bound], ranges.bounds[bound + 1], true);
    }
    pages = ranges.pages;
    pieces = ranges.pieces;
  }

  /** Puts its ranges, which are few, into another leaf, and frees its blocks. */
  RangeLeaf toRanges(TreeLimits limits) {
    var ranges = new RangeLeaf(limits, first, end, 2 * pieces);
    long from = next(first, true);
    while (from < end) {
      long to = next(from, false);
      ranges.append(from, to);
      from = to < end ? next(to, true) : end;
    }
    bits.clear();
    return ranges;
  }

  /**
   * Puts all pages of a part of the span into the set, or takes them out.
   *
   * @return the pages that changed
   */
  long assign(long from, long to, boolean in) {
    return bits.assign(from + bias, to + bias, in);
  }

  @Override
  boolean contains(long page) {
    return bits.contains(page + bias);
  }

  @Override
  long next(long page, boolean in) {
    long found = bits.next(page + bias, in); // The tree remembers for all leaves.
    return found == PageBitmap.NONE ? end : found - bias;
  }

  @Override
  long previous(long page, boolean in) {
    long found = in ? bits.previousIn(page + bias) : bits.previousOut(page + bias);
    return found == PageBitmap.NONE ? first - 1 : found - bias;
  }

  @Override
  long count(long from, long to) {
    return bits.count(from + bias, to + bias);
  }

  @Override
  long heldBytes() {
    return HeapSize.LARGE_OBJECT + bits.heldBytesWithoutBlocks();
  }
}
