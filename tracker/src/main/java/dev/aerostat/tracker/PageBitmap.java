package dev.aerostat.tracker;

import java.util.Arrays;

/**
 * A set of packed page numbers, and the counts of its pages and ranges. A block that is wholly in
 * the set or wholly out of it is one of two that all such share.
 *
 * <p>Ranges are counted by the <em>pairs</em> of pages that touch: a range of n pages has n - 1.
 */
final class PageBitmap {
  static final long NONE = -1;

  // Never written.
  static final byte[] EMPTY = new byte[Block.BYTES];
  static final byte[] FULL = new byte[Block.BYTES];

  static {
    Arrays.fill(FULL, (byte) -1);
  }

  final byte[][] blocks;

  /** Pages of the set, by block. */
  final int[] counts;

  /** Blocks that have a page in the set. */
  final BlockStates used;

  /** Blocks that have a page out of it. */
  final BlockStates open;

  final SpareBlocks spare;
  private long pages;
  private long pairs;

  /** A part of a range whose end was found, up to that end; empty once the set has changed. */
  private long runFirst;

  private long runEnd;

  /**
   * Creates an empty set.
   *
   * @param blockCount how many blocks its numbers span; no page of the first or the last is ever
   *     added
   * @param spare where blocks come from and go to
   */
  PageBitmap(int blockCount, SpareBlocks spare) {
    this.spare = spare;
    blocks = new byte[blockCount][];
    counts = new int[blockCount];
    used = new BlockStates(blockCount);
    open = new BlockStates(blockCount);
    Arrays.fill(blocks, EMPTY);
    for (int block = 0; block < blockCount; block++) {
      open.add(block);
    }
  }

  long pages() {
    return pages;
  }

  long ranges() {
    return pages - pairs;
  }

  // --- Questions --------------------------------------------------------------------------------

  boolean contains(long page) {
    return (word((int) (page >>> 6)) >>> page & 1) != 0;
  }

  /** Returns the word of 64 pages that has this number; there is one before the first block. */
  private long word(int number) {
    return Block.word(blocks[number >>> 6], number & Block.WORDS - 1);
  }

  private static int blockOf(long page) {
    return (int) (page >>> Block.SHIFT);
  }

  /** Finds the first page of the set from {@code page} on, or {@link #NONE}. */
  long nextIn(long page) {
    return blockOf(page) < blocks.length ? next(page, true) : NONE;
  }

  /** Finds the first page out of the set from {@code page} on; the last block has one. */
  long nextOut(long page) {
    if (page >= runFirst && page < runEnd) {
      return runEnd;
    }
    long end = next(page, false);
    if (end > page) {
      runFirst = end == runEnd ? Math.min(runFirst, page) : page;
      runEnd = end;
    }
    return end;
  }

  /**
   * Finds the first page in the set, or out of it, from one in a block on, or {@link #NONE}; it
   * remembers nothing.
   */
  long next(long page, boolean wanted) {
    int block = blockOf(page);
    int place = isUniform(block, !wanted) ? Block.NONE : Block.next(blocks[block], page, wanted);
    if (place == Block.NONE) {
      block = (wanted ? used : open).next(block + 1);
      if (block == BlockStates.NONE) {
        return NONE;
      }
      place = Block.next(blocks[block], 0, wanted);
    }
    return ((long) block << Block.SHIFT) + place;
  }

  /** Finds the last page of the set, or {@link #NONE}. */
  long last() {
    return previous(((long) blocks.length << Block.SHIFT) - 1, true, used);
  }

  /** Finds the last page of the set up to {@code page}, or {@link #NONE}. */
  long previousIn(long page) {
    return previous(page, true, used);
  }

  /** Finds the last page out of the set up to {@code page}; the first block has one. */
  long previousOut(long page) {
    return previous(page, false, open);
  }

  private long previous(long page, boolean wanted, BlockStates states) {
    int block = blockOf(page);
    int place =
        isUniform(block, !wanted) ? Block.NONE : Block.previous(blocks[block], page, wanted);
    if (place == Block.NONE) {
      block = states.previous(block - 1);
      if (block == BlockStates.NONE) {
        return NONE;
      }
      place = Block.previous(blocks[block], Block.PAGES - 1, wanted);
    }
    return ((long) block << Block.SHIFT) + place;
  }

  /** Returns whether any page of a range, which is not empty, is in the set. */
  boolean intersects(long first, long end) {
    if (blockOf(first) == blockOf(end - 1)) {
      return !Block.isAll(blocks[blockOf(first)], first, end, false);
    }
    long next = nextIn(first);
    return next != NONE && next < end;
  }

  /** Counts the pages of the set in a range, which may be empty. */
  long count(long first, long end) {
    if (first >= end) {
      return 0;
    }
    int block = blockOf(first);
    int last = blockOf(end);
    if (block == last) {
      return countInBlock(block, first, end);
    }
    long count = countInBlockBefore(last, end) - countInBlockBefore(block, first);
    for (; block < last; block++) {
      count += counts[block];
    }
    return count;
  }

  private long countInBlock(int block, long first, long end) {
    if (isUniform(block, true)) {
      return end - first;
    }
    return isUniform(block, false) ? 0 : Block.count(blocks[block], first, end);
  }

  /** Counts the pages of the set from where a block begins up to a page of it: the shorter side. */
  private long countInBlockBefore(int block, long page) {
    int place = (int) page & Block.PAGES - 1;
    if (place == 0) {
      return 0;
    }
    return place <= Block.PAGES / 2
        ? countInBlock(block, 0, place)
        : counts[block] - countInBlock(block, place, Block.PAGES);
  }

  // --- Changes ----------------------------------------------------------------------------------

  /**
   * Puts all pages of a range, which is not empty, into the set, or takes them out.
   *
   * @return the pages that changed
   */
  long assign(long first, long end, boolean in) {
    runEnd = 0;
    long length = end - first;
    if (length <= Block.WINDOW_PAGES && Block.hasWindow(first)) {
      return assignInWindow(first, length, in);
    }
    if (first >>> 6 == (end - 1) >>> 6) {
      return assignInWord((int) (first >>> 6), Block.maskOf(first, end), in);
    }
    int last = blockOf(end - 1);
    if (blockOf(first) == last) {
      return assignInBlock(first, end, in);
    }
    long changed = 0;
    long from = first;
    for (int block = blockOf(first); block < last; block++) {
      long to = (long) (block + 1) << Block.SHIFT;
      changed += assignInBlock(from, to, in);
      from = to;
    }
    return changed + assignInBlock(from, end, in);
  }

  /** Assigns to a short run that its window holds with a page before it and one after it. */
  private int assignInWindow(long first, long length, boolean in) {
    int index = blockOf(first);
    if (isUniform(index, in)) {
      return 0;
    }
    byte[] block = isUniform(index, !in) ? split(index) : blocks[index];
    long mask = Block.windowMaskOf(first, length);
    long old = Block.window(block, first);
    long now = in ? old | mask : old & ~mask;
    Block.setWindow(block, first, now);
    // The pairs of one are among those of the other.
    int changedPairs = Long.bitCount((now & (now >>> 1)) ^ (old & (old >>> 1)));
    pairs += in ? changedPairs : -changedPairs;
    return count(index, Long.bitCount(now ^ old), in);
  }

  /** Assigns to pages of one word, wherever in its block it stands. */
  private int assignInWord(int number, long mask, boolean in) {
    int index = number >>> 6;
    if (isUniform(index, in)) {
      return 0;
    }
    byte[] block = isUniform(index, !in) ? split(index) : blocks[index];
    int place = number & Block.WORDS - 1;
    long before;
    long after;
    // The neighbours of the first word and of the last are in other blocks.
    if ((place + 1 & Block.WORDS - 2) == 0) {
      before = word(number - 1);
      after = word(number + 1);
    } else {
      before = Block.word(block, place - 1);
      after = Block.word(block, place + 1);
    }
    long old = Block.word(block, place);
    long now = in ? old | mask : old & ~mask;
    Block.setWord(block, place, now);
    int changed = Long.bitCount(now ^ old);
    // The word's own pairs and the one with the word after it; then the one with the word before.
    int gained =
        Long.bitCount(now & (now >>> 1 | after << 63))
            - Long.bitCount(old & (old >>> 1 | after << 63));
    int seam = (int) ((now ^ old) & before >>> 63);
    pairs += gained + (in ? seam : -seam);
    return count(index, changed, in);
  }

  /** Assigns to a range of one block, which may be all of it. */
  private int assignInBlock(long first, long end, boolean in) {
    int index = blockOf(first);
    if (isUniform(index, in)) {
      return 0;
    }
    boolean uniform = isUniform(index, !in);
    int length = (int) (end - first);
    int touching = length - 1 + (contains(first - 1) ? 1 : 0) + (contains(end) ? 1 : 0);
    if (uniform && length == Block.PAGES) {
      pairs += in ? touching : -touching;
      return count(index, length, in);
    }
    byte[] block = uniform ? split(index) : blocks[index];
    if (!Block.isAll(block, first, end, !in)) {
      return assignWordByWord(first, end, in);
    }
    Block.fill(block, first, end, in);
    pairs += in ? touching : -touching;
    return count(index, length, in);
  }

  /** Assigns word by word, to each as if there were no other. */
  private int assignWordByWord(long first, long end, boolean in) {
    int last = (int) ((end - 1) >>> 6);
    long mask = Block.fromBitOf(first);
    int changed = 0;
    for (int number = (int) (first >>> 6); number < last; number++) {
      changed += assignInWord(number, mask, in);
      mask = -1L;
    }
    return changed + assignInWord(last, mask & Block.upToBitOf(end - 1), in);
  }

  private int count(int index, int changed, boolean in) {
    pages += in ? changed : -changed;
    int count = counts[index] + (in ? changed : -changed);
    counts[index] = count;
    if (isUniform(index, in)) {
      if (changed < Block.PAGES) {
        spare.give(blocks[index]);
      }
      join(index, in);
    }
    return changed;
  }

  /** Returns whether all pages of a block are in the set, or all out of it. */
  private boolean isUniform(int index, boolean in) {
    return counts[index] == (in ? Block.PAGES : 0);
  }

  /** Returns a uniform block bits of its own: some of its pages are about to change. */
  private byte[] split(int index) {
    byte[] words = spare.takeCopyOf(blocks[index]);
    blocks[index] = words;
    used.add(index);
    open.add(index);
    return words;
  }

  /** Has a block use the bits that all share whose pages are all in the set, or all out of it. */
  private void join(int index, boolean in) {
    blocks[index] = in ? FULL : EMPTY;
    if (in) {
      used.add(index);
      open.remove(index);
    } else {
      used.remove(index);
      open.add(index);
    }
  }

  void clear() {
    runEnd = 0;
    for (int block = used.next(0); block != BlockStates.NONE; block = used.next(block + 1)) {
      if (!isUniform(block, true)) {
        spare.give(blocks[block]);
      }
      counts[block] = 0;
      join(block, false);
    }
    pages = 0;
    pairs = 0;
  }

  /** Returns what it takes on the heap but for its blocks, which the spare ones count. */
  long heldBytesWithoutBlocks() {
    return HeapSize.OBJECT
        + HeapSize.references(blocks.length)
        + HeapSize.ints(counts.length)
        + used.heldBytes()
        + open.heldBytes();
  }
}
