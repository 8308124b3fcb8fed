package dev.aerostat.tracker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is always true inside the tree between two calls, whatever a guest sent. It reads fields
 * only: a question to the tree could bring up to date what is to be checked.
 */
final class TreeInvariants {
  private final RangeTree tree;
  private final TreeShape shape;
  private final TreeLimits limits;
  private @Nullable TreeLeaf last;
  private final Set<TreeLeaf> leaves = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<TreeLeaf> uncounted = Collections.newSetFromMap(new IdentityHashMap<>());
  private int nextChunk;
  private long ranges;
  private long bytes;

  private TreeInvariants(RangeTree tree, TreeLimits limits) {
    this.tree = tree;
    this.shape = tree.shape;
    this.limits = limits;
  }

  static void check(IntervalTreeTracker tracker, TreeLimits limits) {
    new TreeInvariants(tracker.tree, limits).check();
    OrderInvariants.check(tracker.order, limits);
  }

  private void check() {
    assertNull(shape.root.parent, "the root has no parent");
    assertEquals(tree.pages, check(shape.root), "pages of the set");
    assertEquals(shape.chunks, nextChunk, "leaves span all chunks");
    assertNotNull(last);
    assertNull(last.next, "there is no leaf after the last");
    assertEquals(tree.ranges, ranges, "ranges are pieces without seams");
    assertEquals(uncounted, uncountedThatAreLinked(), "bitmaps that wait to be counted");
    assertEquals(shape.nodeBytes(), bytes, "bytes of the nodes");
    assertEquals(shape.leaves, leaves.size(), "leaves of the tree");
    checkFound();
  }

  private Set<TreeLeaf> uncountedThatAreLinked() {
    Set<TreeLeaf> linked = Collections.newSetFromMap(new IdentityHashMap<>());
    for (BitmapLeaf leaf = tree.uncounted; leaf != null; leaf = leaf.nextUncounted) {
      assertTrue(linked.add(leaf), "a bitmap that waits twice");
    }
    return linked;
  }

  private void checkFound() {
    int places = shape.found.length;
    assertTrue(leaves.size() <= places, "leaves that cannot be remembered");
    assertTrue(places <= Math.max(limits.leavesFound(), 16 * leaves.size()), "places never used");
    for (TreeLeaf leaf : shape.found) {
      assertTrue(leaf == null || leaves.contains(leaf), "a leaf that is no longer of the tree");
    }
  }

  /** Returns the pages under a node, counted anew. */
  private long check(TreeNode node) {
    return switch (node) {
      case InnerNode inner -> checkInner(inner);
      case RangeLeaf leaf -> checkLeaf(leaf, piecesOf(leaf), pagesOf(leaf));
      case BitmapLeaf leaf -> checkBitmap(leaf);
    };
  }

  private long checkInner(InnerNode node) {
    assertTrue(node.count > (node.parent == null ? 1 : 0), "an inner node with too few children");
    assertEquals(nextChunk, node.first[0], "where an inner node begins");
    bytes += InnerNode.heldBytes(limits.fanOut());
    long sum = 0;
    for (int slot = 0; slot < node.count; slot++) {
      TreeNode child = node.child(slot);
      assertSame(node, child.parent, "a child's parent");
      assertEquals(slot, child.slot, "a child's slot");
      assertEquals(nextChunk, node.first[slot], "a separator");
      long pages = check(child);
      assertEquals(pages, node.pages[slot], "a sum that is not up to date");
      sum += pages;
    }
    for (int slot = node.count; slot < node.children.length; slot++) {
      assertNull(node.children[slot], "a child that was removed is not kept");
    }
    return sum;
  }

  private long checkLeaf(TreeLeaf leaf, int pieces, long pages) {
    assertSame(last, leaf.previous, "the leaf before");
    assertSame(leaf, last == null ? shape.leftmost : last.next, "the leaf after");
    assertEquals(limits.firstPageOf(nextChunk), leaf.first, "leaves lie side by side");
    assertTrue(leaf.end > leaf.first, "an empty span");
    assertEquals(pieces, leaf.pieces, "a leaf miscounts its pieces");
    assertEquals(pages, leaf.pages, "a leaf miscounts its pages");
    assertTrue(leaf.pieces <= leaf.most, "a leaf without room");
    boolean joined = last != null && hasLast(last) && hasFirst(leaf);
    assertEquals(joined, leaf.joined, "a seam");
    nextChunk = limits.chunkOf(leaf.end);
    ranges += pieces - (joined ? 1 : 0);
    bytes += leaf.heldBytes();
    leaves.add(leaf);
    last = leaf;
    return pages;
  }

  private static boolean hasFirst(TreeLeaf leaf) {
    return leaf instanceof RangeLeaf few
        ? few.count > 0 && few.bounds[0] == few.first
        : ((BitmapLeaf) leaf).bits.contains(Block.PAGES);
  }

  private static boolean hasLast(TreeLeaf leaf) {
    return leaf instanceof RangeLeaf few
        ? few.count > 0 && few.bounds[few.count - 1] == few.end
        : ((BitmapLeaf) leaf).bits.contains(leaf.end - leaf.first + Block.PAGES - 1);
  }

  private static int piecesOf(RangeLeaf leaf) {
    assertEquals(0, leaf.count % 2, "a range without an end");
    assertTrue(leaf.count + 2 <= leaf.bounds.length, "no room for two more bounds");
    long before = leaf.first - 1;
    for (int place = 0; place < leaf.count; place++) {
      assertTrue(leaf.bounds[place] > before, "bounds ascend, and ranges do not touch");
      before = leaf.bounds[place];
    }
    assertTrue(before <= leaf.end, "a bound beyond the span");
    return leaf.count / 2;
  }

  private static long pagesOf(RangeLeaf leaf) {
    long pages = 0;
    for (int place = 0; place < leaf.count; place += 2) {
      pages += leaf.bounds[place + 1] - leaf.bounds[place];
    }
    return pages;
  }

  private long checkBitmap(BitmapLeaf leaf) {
    assertEquals(1, limits.chunkOf(leaf.end - leaf.first), "a bitmap is of one chunk");
    assertTrue(leaf.bits.ranges() >= leaf.fewest, "few enough to be ranges again");
    assertNotEquals(0, leaf.bits.blocks.length);
    BitmapInvariants.check(leaf.bits);
    if (leaf.isUncounted) {
      uncounted.add(leaf);
      return checkLeaf(leaf, leaf.pieces, leaf.pages);
    }
    return checkLeaf(leaf, (int) leaf.bits.ranges(), leaf.bits.pages());
  }
}
