package dev.aerostat.tracker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** What is always true inside a tracker between two calls, whatever a guest sent. */
final class TreeInvariants {
  private final IntervalTree tree;
  private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private long leaves;

  private TreeInvariants(IntervalTree tree) {
    this.tree = tree;
  }

  static void check(IntervalTreeTracker tracker) {
    new TreeInvariants(tracker.tree).check();
  }

  private void check() {
    checkBranch(tree.root);
    assertEquals(leaves, tree.pool.leavesInTree, "leaves that the pool has given out");
    assertEquals(
        seen.size() - leaves, tree.pool.branchesInTree, "branches that the pool has given out");
    checkRecentLeaves();
  }

  private void checkNode(Node node) {
    switch (node) {
      case Leaf leaf -> checkLeaf(leaf);
      case Branch branch -> checkBranch(branch);
    }
  }

  private void checkBranch(Branch branch) {
    assertTrue(seen.add(branch), "a branch is in the tree twice");
    assertEquals(0, branch.full & ~branch.any, "a child is full and has no ballooned page");
    for (int index = 0; index < Branch.FANOUT; index++) {
      Node child = branch.children[index];
      if (branch.isSplit(index)) {
        assertNotNull(child, "a split child is missing");
        assertFalse(child.isAll(true) || child.isAll(false), "a uniform child was not merged");
        checkNode(child);
      } else {
        assertNull(child, "a child that is not split holds a node");
      }
    }
  }

  private void checkLeaf(Leaf leaf) {
    assertTrue(seen.add(leaf), "a leaf is in the tree twice");
    leaves++;
    assertEquals(
        Arrays.stream(leaf.words).map(Long::bitCount).sum(),
        leaf.ballooned,
        "a leaf miscounts its pages");
  }

  private void checkRecentLeaves() {
    tree.pool.recentLeaves.forEach(
        leaf -> assertEquals(leaf, leafAt(leaf.number), "a recent leaf is not where it was"));
  }

  private Node leafAt(long number) {
    long page = number << Leaf.SHIFT;
    Node node = tree.root;
    while (node instanceof Branch branch) {
      assertTrue(branch.isSplit(branch.indexOf(page)), "a recent leaf has left the tree");
      node = branch.child(branch.indexOf(page));
    }
    return node;
  }
}
