package dev.aerostat.tracker;

/**
 * The bits of leaves that became uniform, kept for those that cease to be: a balloon that grows or
 * shrinks from one end does both all the time and must not allocate for it.
 */
final class SpareLeaves {
  private static final int MOST = 96;

  private final byte[][] leaves = new byte[MOST][];
  private int count;

  /** Leaves that were taken and not given back. */
  private long taken;

  byte[] takeCopyOf(byte[] words) {
    taken++;
    if (count == 0) {
      return words.clone();
    }
    byte[] leaf = leaves[--count];
    System.arraycopy(words, 0, leaf, 0, Leaf.BYTES);
    return leaf;
  }

  void give(byte[] leaf) {
    taken--;
    if (count < MOST) {
      leaves[count++] = leaf;
    }
  }

  long taken() {
    return taken;
  }

  /** Bytes of all that were taken and of those kept here. */
  long heldBytes() {
    return HeapSize.OBJECT + HeapSize.references(MOST) + (taken + count) * Leaf.HELD_BYTES;
  }
}
