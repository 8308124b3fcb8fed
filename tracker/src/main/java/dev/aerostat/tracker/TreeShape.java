package dev.aerostat.tracker;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of the tree: finds leaves, keeps the sums above them, splits, merges and converts. What
 * is in the set never changes here; nor does the number of ranges, as a range that is cut in two
 * pieces gains a seam.
 */
final class TreeShape {
  private final TreeLimits limits;

  /** That of the limits, a step closer: each question begins here. */
  private final int chunkShift;

  final int chunks;
  final SpareBlocks spare = new SpareBlocks();
  TreeNode root;
  TreeLeaf leftmost;

  /**
   * The leaf that was found last for a chunk whose number ends in these bits: a place for each leaf
   * or more, so that where memory is fragmented, and each chunk has a leaf, none is searched for.
   */
  TreeLeaf[] found;

  int leaves;
  private long nodeBytes;

  /**
   * Creates the tree of an empty set.
   *
   * @param endPage the page after the last that it spans
   */
  TreeShape(TreeLimits limits, long endPage) {
    this.limits = limits;
    chunkShift = limits.chunkShift();
    chunks = limits.chunkOf(endPage - 1) + 1;
    leftmost = new RangeLeaf(limits, 0, endPage(), 0);
    root = leftmost;
    found = new TreeLeaf[leastFound()];
    startFrom(leftmost);
  }

  private void startFrom(TreeLeaf leaf) {
    leftmost = leaf;
    root = leaf;
    leaves = 1;
    nodeBytes = leaf.heldBytes();
    Arrays.fill(found, 0, Math.min(chunks, found.length), leaf);
  }

  void clear() {
    for (TreeLeaf leaf = leftmost; leaf != null; leaf = leaf.next) {
      if (leaf instanceof BitmapLeaf bitmap) {
        bitmap.bits.clear();
      }
    }
    if (found.length > leastFound()) {
      found = new TreeLeaf[leastFound()];
    }
    startFrom(new RangeLeaf(limits, 0, endPage(), 0));
  }

  /** Returns the page after the last that the tree spans. */
  long endPage() {
    return limits.firstPageOf(chunks);
  }

  /** Returns the leaf that spans a page of the tree. */
  TreeLeaf leafOf(long page) {
    TreeLeaf leaf = found[(int) (page >>> chunkShift) & found.length - 1];
    return leaf.spans(page) ? leaf : search(page);
  }

  private TreeLeaf search(long page) {
    int chunk = limits.chunkOf(page);
    TreeNode node = root;
    while (node instanceof InnerNode inner) {
      node = inner.childOf(chunk);
    }
    var leaf = (TreeLeaf) node;
    found[chunk & found.length - 1] = leaf;
    return leaf;
  }

  private int leastFound() {
    return Math.min(limits.leavesFound(), mostFound());
  }

  /** Returns a power of two that is not less than the chunks. */
  private int mostFound() {
    return chunks == 1 ? 1 : 2 * Integer.highestOneBit(chunks - 1);
  }

  /** Makes room for the leaves to be found, or frees it. */
  private void fitFound() {
    if (leaves > found.length) {
      findAll(2 * found.length);
    } else if (leaves < found.length / 8 && found.length > leastFound()) {
      findAll(found.length / 2);
    }
  }

  private void findAll(int places) {
    found = new TreeLeaf[places];
    for (TreeLeaf leaf = leftmost; leaf != null; leaf = leaf.next) {
      int first = limits.chunkOf(leaf.first);
      int end = Math.min(limits.chunkOf(leaf.end), first + places);
      for (int chunk = first; chunk < end; chunk++) {
        found[chunk & places - 1] = leaf;
      }
    }
  }

  // --- Sums -------------------------------------------------------------------------------------

  /** Brings the sums above a leaf up to date. */
  static void add(TreeLeaf leaf, long pages) {
    TreeNode node = leaf;
    for (InnerNode parent = node.parent; parent != null; parent = node.parent) {
      parent.pages[node.slot] += pages;
      node = parent;
    }
  }

  /** Counts the pages of the set from one leaf up to another that comes after it. */
  static long pagesBetween(TreeLeaf low, TreeLeaf high) {
    long sum = 0;
    TreeNode from = low;
    TreeNode to = high;
    while (from.parent != to.parent) {
      InnerNode above = parentOf(from);
      InnerNode aboveTo = parentOf(to);
      sum += aboveTo.pagesIn(0, to.slot) - above.pagesIn(0, from.slot);
      from = above;
      to = aboveTo;
    }
    return sum + parentOf(from).pagesIn(from.slot, to.slot);
  }

  // --- Growing ----------------------------------------------------------------------------------

  /** Changes the shape of a leaf that has more pieces than it can, or few of them. */
  void reshape(TreeLeaf leaf) {
    if (leaf.pieces <= leaf.most) {
      shrink(leaf);
    } else if (leaf instanceof RangeLeaf ranges) {
      grow(ranges);
    }
  }

  private void grow(RangeLeaf leaf) {
    if (leaf.mayGrow()) {
      nodeBytes -= leaf.heldBytes();
      leaf.widen();
      nodeBytes += leaf.heldBytes();
    } else if (leaf.chunks() > 1) {
      split(leaf);
    } else {
      replace(leaf, new BitmapLeaf(leaf, limits, spare));
    }
  }

  private void split(RangeLeaf left) {
    nodeBytes -= left.heldBytes();
    RangeLeaf right = left.splitAt(left.middle());
    nodeBytes += left.heldBytes() + right.heldBytes();
    link(right, left.next);
    link(left, right);
    insertAfter(left, limits.chunkOf(right.first), right);
    find(right, left);
    leaves++;
    fitFound();
    // The ranges may all be in one chunk: then that side is split again, and the other is small.
    reshapeIfDue(right);
    reshapeIfDue(left);
  }

  private void reshapeIfDue(RangeLeaf leaf) {
    boolean inTree = leaf.parent != null || leaf == root;
    if (inTree && (leaf.pieces > leaf.most || leaf.pieces < leaf.fewest)) {
      reshape(leaf);
    }
  }

  /** Puts a node to the right of another, whose pages are counted with the other's so far. */
  private void insertAfter(TreeNode node, int firstChunk, TreeNode added) {
    InnerNode parent = parentWithRoom(node);
    parent.pages[node.slot] = node.pages();
    parent.insert(node.slot + 1, firstChunk, added, added.pages());
  }

  private InnerNode parentWithRoom(TreeNode node) {
    InnerNode parent = node.parent;
    if (parent == null) {
      parent = innerNode();
      parent.insert(0, 0, node, node.pages());
      root = parent;
    } else if (parent.isFull()) {
      InnerNode right = innerNode();
      parent.moveTo(right, limits.fanOut() / 2);
      insertAfter(parent, right.first[0], right);
      parent = parentOf(node);
    }
    return parent;
  }

  /** Returns the parent of a node that is not the root. */
  private static InnerNode parentOf(TreeNode node) {
    return Objects.requireNonNull(node.parent);
  }

  private InnerNode innerNode() {
    nodeBytes += InnerNode.heldBytes(limits.fanOut());
    return new InnerNode(limits.fanOut());
  }

  // --- Shrinking --------------------------------------------------------------------------------

  private void shrink(TreeLeaf leaf) {
    TreeLeaf small = leaf;
    if (leaf instanceof BitmapLeaf bitmap) {
      small = bitmap.toRanges(limits);
      replace(leaf, small);
    }
    mergeWithSiblings(small);
  }

  private void mergeWithSiblings(TreeNode node) {
    InnerNode parent = node.parent;
    if (parent != null && node.slot + 1 < parent.count) {
      merge(node, parent.child(node.slot + 1));
    }
    parent = node.parent;
    if (parent != null && node.slot > 0) {
      merge(parent.child(node.slot - 1), node);
    }
  }

  /** Merges two siblings if one can have all and be far from full. */
  private void merge(TreeNode left, TreeNode right) {
    switch (left) {
      case RangeLeaf low when right instanceof RangeLeaf high -> {
        if (low.pieces + high.pieces <= limits.leafRanges() / 2) {
          mergeLeaves(low, high);
        }
      }
      case InnerNode low when right instanceof InnerNode high -> {
        if (low.count + high.count <= limits.fanOut() / 2) {
          mergeInner(low, high);
        }
      }
      default -> {}
    }
  }

  private void mergeLeaves(RangeLeaf left, RangeLeaf right) {
    nodeBytes -= left.heldBytes() + right.heldBytes();
    left.takeOver(right);
    nodeBytes += left.heldBytes();
    link(left, right.next);
    find(left, right);
    remove(left, right);
    leaves--;
    fitFound();
  }

  private void mergeInner(InnerNode left, InnerNode right) {
    int seam = left.count;
    right.moveTo(left, 0);
    nodeBytes -= InnerNode.heldBytes(limits.fanOut());
    remove(left, right);
    // Unless that went on, and a sibling has taken this one over, too.
    if (seam < left.count) {
      merge(left.child(seam - 1), left.child(seam));
    }
  }

  /** Removes a node whose left sibling has taken over all that it had. */
  private void remove(TreeNode left, TreeNode right) {
    InnerNode parent = parentOf(left);
    parent.pages[left.slot] += parent.pages[right.slot];
    parent.remove(right.slot);
    if (parent != root) {
      mergeWithSiblings(parent);
    }
    while (root instanceof InnerNode inner && inner.count == 1) {
      root = inner.child(0);
      root.parent = null;
      root.slot = 0;
      nodeBytes -= InnerNode.heldBytes(limits.fanOut());
    }
  }

  // --- Links ------------------------------------------------------------------------------------

  /** Puts a leaf in the place of another that spans the same. */
  private void replace(TreeLeaf old, TreeLeaf by) {
    nodeBytes += by.heldBytes() - old.heldBytes();
    by.joined = old.joined;
    InnerNode parent = old.parent;
    if (parent == null) {
      root = by;
    } else {
      parent.replace(old.slot, by);
    }
    if (old.previous == null) {
      leftmost = by;
    } else {
      link(old.previous, by);
    }
    link(by, old.next);
    find(by, old);
  }

  private static void link(TreeLeaf left, @Nullable TreeLeaf right) {
    left.next = right;
    if (right != null) {
      right.previous = left;
    }
  }

  /** Finds a leaf where another was found for chunks that it spans. */
  private void find(TreeLeaf leaf, TreeLeaf insteadOf) {
    int first = limits.chunkOf(leaf.first);
    int end = Math.min(limits.chunkOf(leaf.end), first + found.length);
    for (int chunk = first; chunk < end; chunk++) {
      int place = chunk & found.length - 1;
      if (found[place] == insteadOf) {
        found[place] = leaf;
      }
    }
  }

  /** Returns what the nodes take on the heap, but for blocks. */
  long nodeBytes() {
    return nodeBytes;
  }

  long heldBytes() {
    return HeapSize.LARGE_OBJECT
        + HeapSize.references(found.length)
        + nodeBytes
        + spare.heldBytes();
  }
}
