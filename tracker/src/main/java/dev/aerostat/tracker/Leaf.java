package dev.aerostat.tracker;

import java.util.Arrays;

/**
 * A bitmap of 4096 pages, 16 MiB of guest memory: what a fragmented part of the tree turns into.
 */
final class Leaf extends Node {
  static final int SHIFT = 12;
  static final int PAGES = 1 << SHIFT;

  private static final int WORDS = PAGES / Long.SIZE;

  /** The object is a header, a reference and an int. */
  static final long HELD_BYTES = 24 + HeapSize.longs(WORDS);

  private final long[] words = new long[WORDS];
  private int ballooned;

  /** Makes this the leaf of a part that was wholly in the balloon, or wholly out of it. */
  void reset(boolean all) {
    Arrays.fill(words, all ? -1L : 0L);
    ballooned = all ? PAGES : 0;
  }

  @Override
  boolean contains(long page) {
    return ((words[wordOf(page)] >>> page) & 1) != 0;
  }

  @Override
  long next(long page, boolean wanted) {
    long flip = wanted ? 0L : -1L;
    int word = wordOf(page);
    long found = (words[word] ^ flip) & fromBitOf(page);
    while (found == 0) {
      if (++word == WORDS) {
        return NONE;
      }
      found = words[word] ^ flip;
    }
    return pageOf(page, word) + Long.numberOfTrailingZeros(found);
  }

  @Override
  long previous(long page, boolean wanted) {
    long flip = wanted ? 0L : -1L;
    int word = wordOf(page);
    long found = (words[word] ^ flip) & upToBitOf(page);
    while (found == 0) {
      if (--word < 0) {
        return NONE;
      }
      found = words[word] ^ flip;
    }
    return pageOf(page, word) + Long.SIZE - 1 - Long.numberOfLeadingZeros(found);
  }

  @Override
  long count(long first, long end) {
    int word = wordOf(first);
    int lastWord = wordOf(end - 1);
    long mask = fromBitOf(first);
    long count = 0;
    for (; word < lastWord; word++) {
      count += Long.bitCount(words[word] & mask);
      mask = -1L;
    }
    return count + Long.bitCount(words[word] & mask & upToBitOf(end - 1));
  }

  @Override
  long edges(long first, long end) {
    int word = wordOf(first);
    int lastWord = wordOf(end - 1);
    long mask = withoutLowestBit(fromBitOf(first));
    long carry = 0;
    long edges = 0;
    for (; word < lastWord; word++) {
      edges += Long.bitCount(edgesOf(words[word], carry) & mask);
      carry = words[word] >>> 63;
      mask = -1L;
    }
    return edges + Long.bitCount(edgesOf(words[word], carry) & mask & upToBitOf(end - 1));
  }

  @Override
  void assign(long first, long end, boolean all, NodePool pool) {
    change(first, end, all);
  }

  /**
   * Counts the edges in a range as {@link #edges} does, then assigns to it, in one pass.
   *
   * @return the pages that changed, and the edges that there were, as {@link #changedPages} and
   *     {@link #formerEdges} tell them apart
   */
  long change(long first, long end, boolean all) {
    long flip = all ? -1L : 0L;
    int word = wordOf(first);
    int lastWord = wordOf(end - 1);
    long mask = fromBitOf(first);
    long edgeMask = withoutLowestBit(mask);
    long carry = 0;
    int pages = 0;
    int edges = 0;
    for (; word < lastWord; word++) {
      long old = words[word];
      long toggled = (old ^ flip) & mask;
      words[word] = old ^ toggled;
      pages += Long.bitCount(toggled);
      edges += Long.bitCount(edgesOf(old, carry) & edgeMask);
      carry = old >>> 63;
      mask = -1L;
      edgeMask = -1L;
    }
    long lastMask = upToBitOf(end - 1);
    long old = words[word];
    long toggled = (old ^ flip) & mask & lastMask;
    words[word] = old ^ toggled;
    pages += Long.bitCount(toggled);
    edges += Long.bitCount(edgesOf(old, carry) & edgeMask & lastMask);
    ballooned += all ? pages : -pages;
    return ((long) edges << 32) | pages;
  }

  static int changedPages(long change) {
    return (int) change;
  }

  static int formerEdges(long change) {
    return (int) (change >>> 32);
  }

  @Override
  boolean isAll(boolean wanted) {
    return ballooned == (wanted ? PAGES : 0);
  }

  /** A bit for each page of a word that differs from the one before it. */
  private static long edgesOf(long word, long carry) {
    return word ^ ((word << 1) | carry);
  }

  private static int wordOf(long page) {
    return (int) (page >>> 6) & (WORDS - 1);
  }

  private static long pageOf(long anyPage, int word) {
    return (anyPage & -PAGES) + ((long) word << 6);
  }

  private static long fromBitOf(long page) {
    return -1L << page;
  }

  private static long upToBitOf(long page) {
    return -1L >>> ~page;
  }

  private static long withoutLowestBit(long mask) {
    return mask & (mask - 1);
  }
}
