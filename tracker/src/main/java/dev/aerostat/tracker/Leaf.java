package dev.aerostat.tracker;

import java.util.Arrays;

/**
 * A bitmap of 4096 pages, 16 MiB of guest memory: what a fragmented part of the tree turns into.
 */
final class Leaf extends Node {
  static final int SHIFT = 12;
  static final int PAGES = 1 << SHIFT;

  private static final int WORDS = PAGES / Long.SIZE;

  /** As many as a granule of 2 MiB has. */
  private static final int FEW_WORDS = 8;

  /** The object is a header, a reference and two ints. */
  static final long HELD_BYTES = 32 + HeapSize.longs(WORDS);

  final long[] words = new long[WORDS];
  int ballooned;

  /** Which leaf of the tree this is, counted from page 0 up. */
  int number;

  /** Makes this a leaf of a part that was wholly in the balloon, or wholly out of it. */
  void reset(long page, boolean all) {
    number = numberOf(page);
    Arrays.fill(words, all ? -1L : 0L);
    ballooned = all ? PAGES : 0;
  }

  @Override
  boolean contains(long page) {
    return bit(words[wordOf(page)], page) != 0;
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
    if (lastWord - word >= FEW_WORDS) {
      long next = next(first, true);
      return next != NONE && next < end;
    }
    // All of them: where the first bit lies is hard to guess, and a wrong guess costs more.
    long mask = fromBitOf(first);
    long found = 0;
    for (; word < lastWord; word++) {
      found |= words[word] & mask;
      mask = -1L;
    }
    return (found | (words[word] & mask & upToBitOf(end - 1))) != 0;
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
    edges -= (bit(old, end - 1) != 0) ^ after ? 1 : 0;
    return changed(pages, edges, all);
  }

  /**
   * As {@link #change}, for some pages of one word.
   *
   * @param page any page of the word
   * @param mask a bit for each page to assign to
   * @param before 1 if the page before the word is ballooned, else 0
   * @param after 1 if the page after the word is ballooned, else 0
   */
  long changeInWord(long page, long mask, boolean all, long before, long after) {
    int word = wordOf(page);
    long old = words[word];
    long toggled = (old ^ (all ? -1L : 0L)) & mask;
    long now = old ^ toggled;
    words[word] = now;
    int edges = Long.bitCount(edgesOf(now, before)) - Long.bitCount(edgesOf(old, before));
    edges += (int) (((now >>> 63) ^ after) - ((old >>> 63) ^ after));
    return changed(Long.bitCount(toggled), edges, all);
  }

  /** Gives 1 if a page is ballooned, else 0. */
  long bitAt(long page) {
    return bit(words[wordOf(page)], page);
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

  /** Gives a bit for each page of a range of one word. */
  static long maskOf(long first, long end) {
    return fromBitOf(first) & upToBitOf(end - 1);
  }

  /** Says whether a range lies in one word. */
  static boolean isOneWord(long first, long end) {
    return first >>> 6 == (end - 1) >>> 6;
  }

  /** Numbers the leaves that there could be, from page 0 up: there are 2^20 of them. */
  static int numberOf(long page) {
    return (int) (page >>> SHIFT);
  }

  @Override
  boolean isAll(boolean wanted) {
    return ballooned == (wanted ? PAGES : 0);
  }

  /** A bit for each page of a word that differs from the one before it. */
  private static long edgesOf(long word, long carry) {
    return word ^ ((word << 1) | carry);
  }

  private static long bit(long word, long page) {
    return (word >>> page) & 1;
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
