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
    new BitmapInvariants(tracker.bitmap).check();
  }

  private void check() {
    assertEquals(0, pagesIn(PageBitmap.EMPTY), "EMPTY was written");
    assertEquals(Leaf.PAGES, pagesIn(PageBitmap.FULL), "FULL was written");
    for (int index = 0; index < bitmap.leaves.length; index++) {
      checkLeaf(index, bitmap.leaves[index]);
    }
    checkIsEmpty(0);
    checkIsEmpty(bitmap.leaves.length - 1);
    assertEquals(own.size(), bitmap.spare.taken(), "leaves that were given out");
  }

  private void checkLeaf(int index, byte[] leaf) {
    int count = pagesIn(leaf);
    assertEquals(count, bitmap.counts[index], "a leaf miscounts its pages");
    assertEquals(count > 0, bitmap.used.contains(index), "has a page in the set");
    assertEquals(count < Leaf.PAGES, bitmap.open.contains(index), "has a page out of the set");
    if (!isShared(leaf)) {
      assertTrue(own.add(leaf), "two leaves share their words");
      assertTrue(count > 0 && count < Leaf.PAGES, "a uniform leaf has words of its own");
    }
  }

  @SuppressWarnings("ReferenceEquality") // It matters which array it is, not what is in it.
  private static boolean isShared(byte[] leaf) {
    return leaf == PageBitmap.EMPTY || leaf == PageBitmap.FULL;
  }

  private static int pagesIn(byte[] leaf) {
    return IntStream.range(0, leaf.length).map(i -> Integer.bitCount(leaf[i] & 0xff)).sum();
  }

  private void checkIsEmpty(int index) {
    assertSame(PageBitmap.EMPTY, bitmap.leaves[index], "a page beyond the guest's");
  }
}
