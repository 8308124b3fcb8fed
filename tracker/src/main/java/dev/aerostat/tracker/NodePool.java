package dev.aerostat.tracker;

/**
 * Makes nodes, and keeps a few that left the tree: a balloon that grows or shrinks from one end
 * splits and merges all the time and must not allocate for it.
 */
final class NodePool {
  private static final int SPARE_LEAVES = 16;
  private static final int SPARE_BRANCHES = 8;

  final RecentLeaves recentLeaves;
  private final Leaf[] spareLeaves = new Leaf[SPARE_LEAVES];
  private final Branch[] spareBranches = new Branch[SPARE_BRANCHES];
  private int leavesHere;
  private int branchesHere;
  long leavesInTree;
  long branchesInTree;

  /**
   * Makes an empty pool.
   *
   * @param leaves how many the tree can have at most
   */
  NodePool(long leaves) {
    recentLeaves = new RecentLeaves(leaves);
  }

  /**
   * Gives a uniform node.
   *
   * @param page any page that it covers
   * @param shift base-two logarithm of the pages that it covers
   * @param all whether all of them are ballooned, or none
   */
  Node take(long page, int shift, boolean all) {
    return shift == Leaf.SHIFT ? takeLeaf(page, all) : takeBranch(shift - Branch.FANOUT_SHIFT, all);
  }

  private Leaf takeLeaf(long page, boolean all) {
    Leaf leaf = leavesHere > 0 ? spareLeaves[--leavesHere] : new Leaf();
    leavesInTree++;
    leaf.reset(page, all);
    return leaf;
  }

  /** Gives a uniform branch whose children cover two to the {@code childShift} pages each. */
  Branch takeBranch(int childShift, boolean all) {
    Branch branch = branchesHere > 0 ? spareBranches[--branchesHere] : new Branch();
    branchesInTree++;
    branch.reset(childShift, all);
    return branch;
  }

  /** Takes a node that left the tree, and all nodes below it. */
  void give(Node node) {
    switch (node) {
      case Leaf leaf -> giveLeaf(leaf);
      case Branch branch -> giveBranch(branch);
    }
  }

  private void giveLeaf(Leaf leaf) {
    leavesInTree--;
    recentLeaves.forget(leaf);
    if (leavesHere < SPARE_LEAVES) {
      spareLeaves[leavesHere++] = leaf;
    }
  }

  private void giveBranch(Branch branch) {
    branch.releaseChildren(this);
    branchesInTree--;
    if (branchesHere < SPARE_BRANCHES) {
      spareBranches[branchesHere++] = branch;
    }
  }

  /** Bytes of all nodes, those in the tree and those kept here. */
  long heldBytes() {
    return HeapSize.OBJECT
        + recentLeaves.heldBytes()
        + HeapSize.references(SPARE_LEAVES)
        + HeapSize.references(SPARE_BRANCHES)
        + (leavesInTree + leavesHere) * Leaf.HELD_BYTES
        + (branchesInTree + branchesHere) * Branch.HELD_BYTES;
  }
}
