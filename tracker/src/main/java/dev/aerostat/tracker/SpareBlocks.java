package dev.aerostat.tracker;

/**
 * The bits of blocks that became uniform, kept for those that cease to be: a balloon that grows or
 * shrinks from one end does both all the time and must not allocate for it.
 */
final class SpareBlocks {
  private static final int MOST = 96;

  /** Made when the first is given: a balloon that was never fragmented needs none. */
  private byte[][] blocks = {};

  private int count;

  /** Blocks that were taken and not given back. */
  private long taken;

  byte[] takeCopyOf(byte[] words) {
    taken++;
    if (count == 0) {
      return words.clone();
    }
    byte[] block = blocks[--count];
    System.arraycopy(words, 0, block, 0, Block.BYTES);
    return block;
  }

  void give(byte[] block) {
    taken--;
    if (blocks.length == 0) {
      blocks = new byte[MOST][];
    }
    if (count < MOST) {
      blocks[count++] = block;
    }
  }

  long taken() {
    return taken;
  }

  /** Bytes of all that were taken and of those kept here. */
  long heldBytes() {
    return HeapSize.OBJECT
        + HeapSize.references(blocks.length)
        + (taken + count) * Block.HELD_BYTES;
  }
}
