package dev.aerostat.tracker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.stream.IntStream;

/** What is always true inside a tracker between two calls, whatever a guest sent. */
final class BitmapInvariants {
  private final PageBitmap bitmap;
  private final Set<byte[]> own = Collections.newSetFromMap(new IdentityHashMap<>());

  private BitmapInvariants(PageBitmap bitmap) {
    this.bitmap = bitmap;
  }

  static void check(BitmapTracker tracker) {
    var invariants = new BitmapInvariants(tracker.bitmap);
    invariants.check();
    assertEquals(invariants.own.size(), tracker.bitmap.spare.taken(), "blocks that were given out");
  }

  /** Checks one of several that share their spare blocks. */
  static void check(PageBitmap bitmap) {
    new BitmapInvariants(bitmap).check();
  }

  private void check() {
    assertEquals(0, pagesIn(PageBitmap.EMPTY), "EMPTY was written");
    assertEquals(Block.PAGES, pagesIn(PageBitmap.FULL), "FULL was written");
    for (int index = 0; index < bitmap.blocks.length; index++) {
      checkBlock(index, bitmap.blocks[index]);
    }
    checkIsEmpty(0);
    checkIsEmpty(bitmap.blocks.length - 1);
  }

  private void checkBlock(int index, byte[] block) {
    int count = pagesIn(block);
    assertEquals(count, bitmap.counts[index], "a block miscounts its pages");
    assertEquals(count > 0, bitmap.used.contains(index), "has a page in the set");
    assertEquals(count < Block.PAGES, bitmap.open.contains(index), "has a page out of the set");
    if (!isShared(block)) {
      assertTrue(own.add(block), "two blocks share their words");
      assertTrue(count > 0 && count < Block.PAGES, "a uniform block has words of its own");
    }
  }

  @SuppressWarnings("ReferenceEquality") // It matters which array it is, not what is in it.
  private static boolean isShared(byte[] block) {
    return block == PageBitmap.EMPTY || block == PageBitmap.FULL;
  }

  private static int pagesIn(byte[] block) {
    return IntStream.range(0, block.length).map(i -> Integer.bitCount(block[i] & 0xff)).sum();
  }

  private void checkIsEmpty(int index) {
    assertSame(PageBitmap.EMPTY, bitmap.blocks[index], "a page beyond the guest's");
  }
}
