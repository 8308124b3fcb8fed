package dev.aerostat.tracker;

/**
 * A set of blocks that is searched in steps of 64: a bit for each block, above that a bit for each
 * word that is not 0, and so on up to one word.
 */
final class BlockStates {
  static final int NONE = -1;

  private static final int SHIFT = 6;

  /** From the bits of the blocks up. */
  private final long[][] levels;

  private final int blocks;
  private final long heldBytes;

  BlockStates(int blocks) {
    this.blocks = blocks;
    int count = 1;
    for (int words = wordsFor(blocks); words > 1; words = wordsFor(words)) {
      count++;
    }
    levels = new long[count][];
    long bytes = HeapSize.OBJECT + HeapSize.references(count);
    int words = blocks;
    for (int level = 0; level < count; level++) {
      words = wordsFor(words);
      levels[level] = new long[words];
      bytes += HeapSize.longs(words);
    }
    heldBytes = bytes;
  }

  private static int wordsFor(int bits) {
    return (bits + Long.SIZE - 1) >>> SHIFT;
  }

  boolean contains(int block) {
    return (levels[0][block >>> SHIFT] >>> block & 1) != 0;
  }

  void add(int block) {
    int index = block;
    for (long[] level : levels) {
      level[index >>> SHIFT] |= 1L << index;
      index >>>= SHIFT;
    }
  }

  void remove(int block) {
    int index = block;
    for (long[] level : levels) {
      level[index >>> SHIFT] &= ~(1L << index);
      if (level[index >>> SHIFT] != 0) {
        return;
      }
      index >>>= SHIFT;
    }
  }

  /** Finds the first block of the set from one on, or {@link #NONE}. */
  int next(int from) {
    int index = from;
    for (int level = 0; level < levels.length; level++) {
      int word = index >>> SHIFT;
      if (word >= levels[level].length) {
        return NONE;
      }
      long found = levels[level][word] & -1L << index;
      if (found != 0) {
        return down(level, (word << SHIFT) + Long.numberOfTrailingZeros(found), false);
      }
      index = word + 1;
    }
    return NONE;
  }

  /** Finds the last block of the set up to one, or {@link #NONE}. */
  int previous(int from) {
    int index = Math.min(from, blocks - 1);
    for (int level = 0; level < levels.length && index >= 0; level++) {
      int word = index >>> SHIFT;
      long found = levels[level][word] & -1L >>> ~index;
      if (found != 0) {
        return down(level, (word << SHIFT) + 63 - Long.numberOfLeadingZeros(found), true);
      }
      index = word - 1;
    }
    return NONE;
  }

  private int down(int level, int bit, boolean last) {
    int index = bit;
    for (int below = level - 1; below >= 0; below--) {
      long word = levels[below][index];
      int place = last ? 63 - Long.numberOfLeadingZeros(word) : Long.numberOfTrailingZeros(word);
      index = (index << SHIFT) + place;
    }
    return index;
  }

  long heldBytes() {
    return heldBytes;
  }
}
