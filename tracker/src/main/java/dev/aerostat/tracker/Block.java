package dev.aerostat.tracker;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The bits of an aligned part of memory of 4096 pages, 16 MiB, in 64 words of 64, the lowest page
 * in the lowest bit and the lowest word. Pages may be given by any number that is right modulo
 * 4096.
 *
 * <p>It is an array of bytes so that a <em>window</em> of 64 pages can begin at any eighth one: a
 * short run and both its neighbours are then read and written at once, wherever a word may end.
 */
final class Block {
  static final int SHIFT = 12;
  static final int PAGES = 1 << SHIFT;
  static final int WORDS = PAGES / Long.SIZE;
  static final int BYTES = PAGES / Byte.SIZE;
  static final long HELD_BYTES = HeapSize.bytes(BYTES);

  /** A run of up to this many pages lies in its window with a page before it and one after it. */
  static final int WINDOW_PAGES = Long.SIZE - 2 * Byte.SIZE;

  /** What a search answers when there is no such page. */
  static final int NONE = -1;

  private static final int STEP = 8;

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Block() {}

  static long word(byte[] block, int word) {
    return (long) WORD.get(block, word * Long.BYTES);
  }

  static void setWord(byte[] block, int word, long value) {
    WORD.set(block, word * Long.BYTES, value);
  }

  /** Returns whether the window of a run that begins with a page is within the block. */
  static boolean hasWindow(long page) {
    return ((page - Byte.SIZE) & (PAGES - 1)) < PAGES - Long.SIZE + Byte.SIZE;
  }

  /** Returns the window of a run that begins with a page: that is one of its bits 8 to 15. */
  static long window(byte[] block, long page) {
    return (long) WORD.get(block, windowOf(page));
  }

  static void setWindow(byte[] block, long page, long value) {
    WORD.set(block, windowOf(page), value);
  }

  private static int windowOf(long page) {
    return ((int) (page >>> 3) & (BYTES - 1)) - 1;
  }

  /** Returns a bit in its window for each page of a run of 1 to {@link #WINDOW_PAGES}. */
  static long windowMaskOf(long page, long length) {
    return (-1L >>> -length) << ((page & (Byte.SIZE - 1)) + Byte.SIZE);
  }

  /**
   * Finds the first page from {@code page} on that is in the set, or that is not.
   *
   * @return its place in the block, or {@link #NONE}
   */
  static int next(byte[] block, long page, boolean wanted) {
    long flip = wanted ? 0L : -1L;
    int word = wordOf(page);
    long found = (word(block, word) ^ flip) & fromBitOf(page);
    if (found == 0) {
      word = nextWord(block, word + 1, flip);
      if (word == WORDS) {
        return NONE;
      }
      found = word(block, word) ^ flip;
    }
    return word * Long.SIZE + Long.numberOfTrailingZeros(found);
  }

  /** Finds the first word from {@code from} on that is not {@code flip}, or {@link #WORDS}. */
  private static int nextWord(byte[] block, int from, long flip) {
    int word = from;
    while (word <= WORDS - STEP && areAll(block, word, flip)) {
      word += STEP;
    }
    while (word < WORDS && word(block, word) == flip) {
      word++;
    }
    return word;
  }

  /** Looks at a few words at once: which of them ends a run is hard to guess. */
  private static boolean areAll(byte[] block, int word, long flip) {
    long others = (word(block, word) ^ flip) | (word(block, word + 1) ^ flip);
    others |= (word(block, word + 2) ^ flip) | (word(block, word + 3) ^ flip);
    others |= (word(block, word + 4) ^ flip) | (word(block, word + 5) ^ flip);
    others |= (word(block, word + 6) ^ flip) | (word(block, word + 7) ^ flip);
    return others == 0;
  }

  /**
   * Finds the last page up to {@code page} that is in the set, or that is not.
   *
   * @return its place in the block, or {@link #NONE}
   */
  static int previous(byte[] block, long page, boolean wanted) {
    long flip = wanted ? 0L : -1L;
    int word = wordOf(page);
    long found = (word(block, word) ^ flip) & upToBitOf(page);
    while (found == 0) {
      if (--word < 0) {
        return NONE;
      }
      found = word(block, word) ^ flip;
    }
    return word * Long.SIZE + Long.SIZE - 1 - Long.numberOfLeadingZeros(found);
  }

  /** Counts the pages of the set in a range that is not empty. */
  static int count(byte[] block, long first, long end) {
    int lastWord = wordOf(end - 1);
    long mask = fromBitOf(first);
    int count = 0;
    for (int word = wordOf(first); word < lastWord; word++) {
      count += Long.bitCount(word(block, word) & mask);
      mask = -1L;
    }
    return count + Long.bitCount(word(block, lastWord) & mask & upToBitOf(end - 1));
  }

  /**
   * Returns whether all pages of a range, which is not empty, are in the set, or all out of it. It
   * looks at all of them: where the first other one lies is hard to guess, and a wrong guess costs
   * more.
   */
  static boolean isAll(byte[] block, long first, long end, boolean in) {
    long flip = in ? -1L : 0L;
    int word = wordOf(first);
    int last = wordOf(end - 1);
    if (word == last) {
      return ((word(block, word) ^ flip) & maskOf(first, end)) == 0;
    }
    long others = (word(block, word) ^ flip) & fromBitOf(first);
    others |= (word(block, last) ^ flip) & upToBitOf(end - 1);
    for (word++; word < last; word++) {
      others |= word(block, word) ^ flip;
    }
    return others == 0;
  }

  /** Puts all pages of a range, which is not empty, into the set, or takes them out. */
  static void fill(byte[] block, long first, long end, boolean in) {
    int word = wordOf(first);
    int last = wordOf(end - 1);
    if (word == last) {
      change(block, word, maskOf(first, end), in);
      return;
    }
    change(block, word, fromBitOf(first), in);
    change(block, last, upToBitOf(end - 1), in);
    long all = in ? -1L : 0L;
    for (word++; word < last; word++) {
      setWord(block, word, all);
    }
  }

  private static void change(byte[] block, int word, long mask, boolean in) {
    long old = word(block, word);
    setWord(block, word, in ? (old | mask) : (old & ~mask));
  }

  /** Returns a bit for each page of a range that lies in one word. */
  static long maskOf(long first, long end) {
    return fromBitOf(first) & upToBitOf(end - 1);
  }

  static int wordOf(long page) {
    return (int) (page >>> 6) & (WORDS - 1);
  }

  /** Returns a bit for a page and for each after it in its word. */
  static long fromBitOf(long page) {
    return -1L << page;
  }

  /** Returns a bit for a page and for each before it in its word. */
  static long upToBitOf(long page) {
    return -1L >>> ~page;
  }
}
