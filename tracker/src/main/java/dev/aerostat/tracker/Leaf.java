package dev.aerostat.tracker;

/**
 * The 64 words of an aligned part of memory of 4096 pages, 16 MiB: bit {@code n % 64} of word
 * {@code n / 64} is page {@code n} of it. Pages may be given by any number that is right modulo
 * 4096.
 */
final class Leaf {
  static final int SHIFT = 12;
  static final int PAGES = 1 << SHIFT;
  static final int WORDS = PAGES / Long.SIZE;
  static final long HELD_BYTES = HeapSize.longs(WORDS);

  /** What a search answers when there is no such page. */
  static final int NONE = -1;

  private static final int STEP = 8;

  private Leaf() {}

  /**
   * Finds the first page from {@code page} on that is in the set, or that is not.
   *
   * @return its place in the leaf, or {@link #NONE}
   */
  static int next(long[] leaf, long page, boolean wanted) {
    long flip = wanted ? 0L : -1L;
    int word = wordOf(page);
    long found = (leaf[word] ^ flip) & fromBitOf(page);
    if (found == 0) {
      word = nextWord(leaf, word + 1, flip);
      if (word == WORDS) {
        return NONE;
      }
      found = leaf[word] ^ flip;
    }
    return word * Long.SIZE + Long.numberOfTrailingZeros(found);
  }

  /** Finds the first word from {@code from} on that is not {@code flip}, or {@link #WORDS}. */
  private static int nextWord(long[] leaf, int from, long flip) {
    int word = from;
    while (word <= WORDS - STEP && areAll(leaf, word, flip)) {
      word += STEP;
    }
    while (word < WORDS && leaf[word] == flip) {
      word++;
    }
    return word;
  }

  /** Looks at a few words at once: which of them ends a run is hard to guess. */
  private static boolean areAll(long[] leaf, int word, long flip) {
    long others = (leaf[word] ^ flip) | (leaf[word + 1] ^ flip);
    others |= (leaf[word + 2] ^ flip) | (leaf[word + 3] ^ flip);
    others |= (leaf[word + 4] ^ flip) | (leaf[word + 5] ^ flip);
    others |= (leaf[word + 6] ^ flip) | (leaf[word + 7] ^ flip);
    return others == 0;
  }

  /**
   * Finds the last page up to {@code page} that is in the set, or that is not.
   *
   * @return its place in the leaf, or {@link #NONE}
   */
  static int previous(long[] leaf, long page, boolean wanted) {
    long flip = wanted ? 0L : -1L;
    int word = wordOf(page);
    long found = (leaf[word] ^ flip) & upToBitOf(page);
    while (found == 0) {
      if (--word < 0) {
        return NONE;
      }
      found = leaf[word] ^ flip;
    }
    return word * Long.SIZE + Long.SIZE - 1 - Long.numberOfLeadingZeros(found);
  }

  /** Counts the pages of the set in a range that is not empty. */
  static int count(long[] leaf, long first, long end) {
    int lastWord = wordOf(end - 1);
    long mask = fromBitOf(first);
    int count = 0;
    for (int word = wordOf(first); word < lastWord; word++) {
      count += Long.bitCount(leaf[word] & mask);
      mask = -1L;
    }
    return count + Long.bitCount(leaf[lastWord] & mask & upToBitOf(end - 1));
  }

  /**
   * Says whether all pages of a range, which is not empty, are in the set, or all out of it. It
   * looks at all of them: where the first other one lies is hard to guess, and a wrong guess costs
   * more.
   */
  static boolean isAll(long[] leaf, long first, long end, boolean in) {
    long flip = in ? -1L : 0L;
    long mask = fromBitOf(first);
    long others = 0;
    int last = wordOf(end - 1);
    for (int word = wordOf(first); word < last; word++) {
      others |= (leaf[word] ^ flip) & mask;
      mask = -1L;
    }
    return (others | ((leaf[last] ^ flip) & mask & upToBitOf(end - 1))) == 0;
  }

  /** Puts all pages of a range, which is not empty, into the set, or takes them out. */
  static void fill(long[] leaf, long first, long end, boolean in) {
    int last = wordOf(end - 1);
    long mask = fromBitOf(first);
    for (int word = wordOf(first); word < last; word++) {
      leaf[word] = in ? (leaf[word] | mask) : (leaf[word] & ~mask);
      mask = -1L;
    }
    mask &= upToBitOf(end - 1);
    leaf[last] = in ? (leaf[last] | mask) : (leaf[last] & ~mask);
  }

  /** Gives a bit for each page of a range that lies in one word. */
  static long maskOf(long first, long end) {
    return fromBitOf(first) & upToBitOf(end - 1);
  }

  static int wordOf(long page) {
    return (int) (page >>> 6) & (WORDS - 1);
  }

  /** Gives a bit for a page and for each after it in its word. */
  static long fromBitOf(long page) {
    return -1L << page;
  }

  /** Gives a bit for a page and for each before it in its word. */
  static long upToBitOf(long page) {
    return -1L >>> ~page;
  }
}
