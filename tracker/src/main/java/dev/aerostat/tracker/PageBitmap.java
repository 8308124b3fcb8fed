package dev.aerostat.tracker;

import java.util.Arrays;

/**
 * A set of packed page numbers, and the counts of its pages and ranges. A leaf that is wholly in
 * the set or wholly out of it is one of two that all such share.
 *
 * <p>Ranges are counted by the <em>pairs</em> of pages that touch: a range of n pages has n - 1.
 */
final class PageBitmap {
  static final long NONE = -1;

  // Never written.
  static final byte[] EMPTY = new byte[Leaf.BYTES];
  static final byte[] FULL = new byte[Leaf.BYTES];

  static {
    Arrays.fill(FULL, (byte) -1);
  }

  final byte[][] leaves;

  /** Pages of the set, by leaf. */
  final int[] counts;

  /** Leaves that have a page in the set. */
  final LeafStates used;

  /** Leaves that have a page out of it. */
  final LeafStates open;

  final SpareLeaves spare = new SpareLeaves();
  private long pages;
  private long pairs;

  /** A part of a range whose end was found, up to that end; empty once the set has changed. */
  private long runFirst;

  private long runEnd;

  /**
   * Makes an empty set.
   *
   * @param leafCount how many leaves its numbers span; no page of the first or the last is ever
   *     added
   */
  PageBitmap(int leafCount) {
    leaves = new byte[leafCount][];
    counts = new int[leafCount];
    used = new LeafStates(leafCount);
    open = new LeafStates(leafCount);
    Arrays.fill(leaves, EMPTY);
    for (int leaf = 0; leaf < leafCount; leaf++) {
      open.add(leaf);
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

  /** Gives the word of 64 pages that has this number; there is one before the first leaf. */
  private long word(int number) {
    return Leaf.word(leaves[number >>> 6], number & Leaf.WORDS - 1);
  }

  private static int leafOf(long page) {
    return (int) (page >>> Leaf.SHIFT);
  }

  /** Finds the first page of the set from {@code page} on, or {@link #NONE}. */
  long nextIn(long page) {
    return leafOf(page) < leaves.length ? next(page, true, used) : NONE;
  }

  /** Finds the first page out of the set from {@code page} on; the last leaf has one. */
  long nextOut(long page) {
    if (page >= runFirst && page < runEnd) {
      return runEnd;
    }
    long end = next(page, false, open);
    if (end > page) {
      runFirst = end == runEnd ? Math.min(runFirst, page) : page;
      runEnd = end;
    }
    return end;
  }

  private long next(long page, boolean wanted, LeafStates states) {
    int leaf = leafOf(page);
    int place = isUniform(leaf, !wanted) ? Leaf.NONE : Leaf.next(leaves[leaf], page, wanted);
    if (place == Leaf.NONE) {
      leaf = states.next(leaf + 1);
      if (leaf == LeafStates.NONE) {
        return NONE;
      }
      place = Leaf.next(leaves[leaf], 0, wanted);
    }
    return ((long) leaf << Leaf.SHIFT) + place;
  }

  /** Finds the last page of the set, or {@link #NONE}. */
  long last() {
    return previous(((long) leaves.length << Leaf.SHIFT) - 1, true, used);
  }

  /** Finds the last page of the set up to {@code page}, or {@link #NONE}. */
  long previousIn(long page) {
    return previous(page, true, used);
  }

  /** Finds the last page out of the set up to {@code page}; the first leaf has one. */
  long previousOut(long page) {
    return previous(page, false, open);
  }

  private long previous(long page, boolean wanted, LeafStates states) {
    int leaf = leafOf(page);
    int place = isUniform(leaf, !wanted) ? Leaf.NONE : Leaf.previous(leaves[leaf], page, wanted);
    if (place == Leaf.NONE) {
      leaf = states.previous(leaf - 1);
      if (leaf == LeafStates.NONE) {
        return NONE;
      }
      place = Leaf.previous(leaves[leaf], Leaf.PAGES - 1, wanted);
    }
    return ((long) leaf << Leaf.SHIFT) + place;
  }

  /** Says whether any page of a range, which is not empty, is in the set. */
  boolean intersects(long first, long end) {
    if (leafOf(first) == leafOf(end - 1)) {
      return !Leaf.isAll(leaves[leafOf(first)], first, end, false);
    }
    long next = nextIn(first);
    return next != NONE && next < end;
  }

  /** Counts the pages of the set in a range, which may be empty. */
  long count(long first, long end) {
    if (first >= end) {
      return 0;
    }
    int leaf = leafOf(first);
    int last = leafOf(end - 1);
    if (leaf == last) {
      return countInLeaf(leaf, first, end);
    }
    long count = countInLeaf(leaf, first, (long) (leaf + 1) << Leaf.SHIFT);
    for (leaf = used.next(leaf + 1); leaf != LeafStates.NONE && leaf < last; ) {
      count += counts[leaf];
      leaf = used.next(leaf + 1);
    }
    return count + countInLeaf(last, (long) last << Leaf.SHIFT, end);
  }

  private long countInLeaf(int leaf, long first, long end) {
    if (isUniform(leaf, true)) {
      return end - first;
    }
    return isUniform(leaf, false) ? 0 : Leaf.count(leaves[leaf], first, end);
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
    if (length <= Leaf.WINDOW_PAGES && Leaf.hasWindow(first)) {
      return assignInWindow(first, length, in);
    }
    if (first >>> 6 == (end - 1) >>> 6) {
      return assignInWord((int) (first >>> 6), Leaf.maskOf(first, end), in);
    }
    int last = leafOf(end - 1);
    if (leafOf(first) == last) {
      return assignInLeaf(first, end, in);
    }
    long changed = 0;
    long from = first;
    for (int leaf = leafOf(first); leaf < last; leaf++) {
      long to = (long) (leaf + 1) << Leaf.SHIFT;
      changed += assignInLeaf(from, to, in);
      from = to;
    }
    return changed + assignInLeaf(from, end, in);
  }

  /** Assigns to a short run that its window holds with a page before it and one after it. */
  private int assignInWindow(long first, long length, boolean in) {
    int index = leafOf(first);
    if (isUniform(index, in)) {
      return 0;
    }
    byte[] leaf = isUniform(index, !in) ? split(index) : leaves[index];
    long mask = Leaf.windowMaskOf(first, length);
    long old = Leaf.window(leaf, first);
    long now = in ? old | mask : old & ~mask;
    Leaf.setWindow(leaf, first, now);
    // The pairs of one are among those of the other.
    int changedPairs = Long.bitCount((now & (now >>> 1)) ^ (old & (old >>> 1)));
    pairs += in ? changedPairs : -changedPairs;
    return count(index, Long.bitCount(now ^ old), in);
  }

  /** Assigns to pages of one word, wherever in its leaf it stands. */
  private int assignInWord(int number, long mask, boolean in) {
    int index = number >>> 6;
    if (isUniform(index, in)) {
      return 0;
    }
    byte[] leaf = isUniform(index, !in) ? split(index) : leaves[index];
    int place = number & Leaf.WORDS - 1;
    long before;
    long after;
    // The neighbours of the first word and of the last are in other leaves.
    if ((place + 1 & Leaf.WORDS - 2) == 0) {
      before = word(number - 1);
      after = word(number + 1);
    } else {
      before = Leaf.word(leaf, place - 1);
      after = Leaf.word(leaf, place + 1);
    }
    long old = Leaf.word(leaf, place);
    long now = in ? old | mask : old & ~mask;
    Leaf.setWord(leaf, place, now);
    int changed = Long.bitCount(now ^ old);
    // The word's own pairs and the one with the word after it; then the one with the word before.
    int gained =
        Long.bitCount(now & (now >>> 1 | after << 63))
            - Long.bitCount(old & (old >>> 1 | after << 63));
    int seam = (int) ((now ^ old) & before >>> 63);
    pairs += gained + (in ? seam : -seam);
    return count(index, changed, in);
  }

  /** Assigns to a range of one leaf, which may be all of it. */
  private int assignInLeaf(long first, long end, boolean in) {
    int index = leafOf(first);
    if (isUniform(index, in)) {
      return 0;
    }
    boolean uniform = isUniform(index, !in);
    int length = (int) (end - first);
    int touching = length - 1 + (contains(first - 1) ? 1 : 0) + (contains(end) ? 1 : 0);
    if (uniform && length == Leaf.PAGES) {
      pairs += in ? touching : -touching;
      return count(index, length, in);
    }
    byte[] leaf = uniform ? split(index) : leaves[index];
    if (!Leaf.isAll(leaf, first, end, !in)) {
      return assignWordByWord(first, end, in);
    }
    Leaf.fill(leaf, first, end, in);
    pairs += in ? touching : -touching;
    return count(index, length, in);
  }

  /** Assigns word by word, to each as if there were no other. */
  private int assignWordByWord(long first, long end, boolean in) {
    int last = (int) ((end - 1) >>> 6);
    long mask = Leaf.fromBitOf(first);
    int changed = 0;
    for (int number = (int) (first >>> 6); number < last; number++) {
      changed += assignInWord(number, mask, in);
      mask = -1L;
    }
    return changed + assignInWord(last, mask & Leaf.upToBitOf(end - 1), in);
  }

  private int count(int index, int changed, boolean in) {
    pages += in ? changed : -changed;
    int count = counts[index] + (in ? changed : -changed);
    counts[index] = count;
    if (isUniform(index, in)) {
      if (changed < Leaf.PAGES) {
        spare.give(leaves[index]);
      }
      join(index, in);
    }
    return changed;
  }

  /** Says whether all pages of a leaf are in the set, or all out of it. */
  private boolean isUniform(int index, boolean in) {
    return counts[index] == (in ? Leaf.PAGES : 0);
  }

  /** Gives a uniform leaf bits of its own: some of its pages are about to change. */
  private byte[] split(int index) {
    byte[] words = spare.takeCopyOf(leaves[index]);
    leaves[index] = words;
    used.add(index);
    open.add(index);
    return words;
  }

  /** Gives a leaf the bits that all share whose pages are all in the set, or all out of it. */
  private void join(int index, boolean in) {
    leaves[index] = in ? FULL : EMPTY;
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
    for (int leaf = used.next(0); leaf != LeafStates.NONE; leaf = used.next(leaf + 1)) {
      if (!isUniform(leaf, true)) {
        spare.give(leaves[leaf]);
      }
      counts[leaf] = 0;
      join(leaf, false);
    }
    pages = 0;
    pairs = 0;
  }

  long heldBytes() {
    return HeapSize.OBJECT
        + HeapSize.references(leaves.length)
        + HeapSize.ints(counts.length)
        + used.heldBytes()
        + open.heldBytes()
        + spare.heldBytes();
  }
}
