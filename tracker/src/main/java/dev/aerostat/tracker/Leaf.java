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

  final long[] words = new long[WORDS];
  int ballooned;

  /** Makes this the leaf of a part that was wholly in the balloon, or wholly out of it. */
  void reset(boolean all) {
    Arrays.fill(words, all ? -1L : 0L);
    ballooned = all ? PAGES : 0;
  }

  @Override
  boolean contains(long page) {
    return isSet(words[wordOf(page)], page);
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

  /** Says whether any page of a range is ballooned. */
  boolean intersects(long first, long end) {
    int word = wordOf(first);
    int lastWord = wordOf(end - 1);
    long mask = fromBitOf(first);
    for (; word < lastWord; word++) {
      if ((words[word] & mask) != 0) {
        return true;
      }
      mask = -1L;
    }
    return (words[word] & mask & upToBitOf(end - 1)) != 0;
  }

  @Override
  void assign(long first, long end, boolean all, NodePool pool) {
    change(first, end, all, all, all);
  }

  /**
   * Assigns to a range and counts what that changes, in one pass.
   *
   * @param before whether the page before the range is ballooned
   * @param after whether the page after the range is ballooned
   * @return the pages that changed and the edges gained, from the range's first page to the page
   *     after it, as {@link #changedPages} and {@link #gainedEdges} tell them apart
   */
  long change(long first, long end, boolean all, boolean before, boolean after) {
    long flip = all ? -1L : 0L;
    int word = wordOf(first);
    int lastWord = wordOf(end - 1);
    long mask = fromBitOf(first);
    long carry = before ? 1 : 0;
    int pages = 0;
    int edges = (before ^ all ? 1 : 0) + (after ^ all ? 1 : 0);
    for (; word < lastWord; word++) {
      long old = words[word];
      long toggled = (old ^ flip) & mask;
      words[word] = old ^ toggled;
      pages += Long.bitCount(toggled);
      edges -= Long.bitCount(edgesOf(old, carry) & mask);
      carry = old >>> 63;
      mask = -1L;
    }
    mask &= upToBitOf(end - 1);
    long old = words[word];
    long toggled = (old ^ flip) & mask;
    words[word] = old ^ toggled;
    pages += Long.bitCount(toggled);
    edges -= Long.bitCount(edgesOf(old, carry) & mask);
    edges -= isSet(old, end - 1) ^ after ? 1 : 0;
    return changed(pages, edges, all);
  }

  /** As {@link #change}, for a range that shares a word with the page before and the one after. */
  long changeInWord(long first, long end, boolean all) {
    int word = wordOf(first);
    long mask = fromBitOf(first) & upToBitOf(end - 1);
    long old = words[word];
    long toggled = (old ^ (all ? -1L : 0L)) & mask;
    long now = old ^ toggled;
    words[word] = now;
    long places = mask | (mask << 1);
    int edges = Long.bitCount(edgesOf(now, 0) & places) - Long.bitCount(edgesOf(old, 0) & places);
    return changed(Long.bitCount(toggled), edges, all);
  }

  private long changed(int pages, int edges, boolean all) {
    ballooned += all ? pages : -pages;
    return ((long) edges << 32) | pages;
  }

  static int changedPages(long change) {
    return (int) change;
  }

  static int gainedEdges(long change) {
    return (int) (change >> 32);
  }

  /** Says whether two pages lie in the same word of the same leaf. */
  static boolean shareWord(long page, long other) {
    return page >>> 6 == other >>> 6;
  }

  @Override
  boolean isAll(boolean wanted) {
    return ballooned == (wanted ? PAGES : 0);
  }

  /** A bit for each page of a word that differs from the one before it. */
  private static long edgesOf(long word, long carry) {
    return word ^ ((word << 1) | carry);
  }

  private static boolean isSet(long word, long page) {
    return ((word >>> page) & 1) != 0;
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
