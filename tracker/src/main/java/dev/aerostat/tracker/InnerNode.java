package dev.aerostat.tracker;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A node with nodes below it: where each begins and how many pages of the set are under it. Of two
 * siblings that become one the right one goes, so where the first child begins never changes.
 */
final class InnerNode extends TreeNode {
  int count;

  /** The first chunk of each child, ascending. */
  final int[] first;

  /** Absent from the last child on. */
  final @Nullable TreeNode[] children;

  /** The pages of the set under each child. */
  final long[] pages;

  InnerNode(int fanOut) {
    first = new int[fanOut];
    children = new TreeNode[fanOut];
    pages = new long[fanOut];
  }

  /** Returns the child that spans a chunk. */
  TreeNode childOf(int chunk) {
    int slot = 1;
    while (slot < count && first[slot] <= chunk) {
      slot++;
    }
    return child(slot - 1);
  }

  TreeNode child(int slot) {
    return Objects.requireNonNull(children[slot]);
  }

  boolean isFull() {
    return count == first.length;
  }

  @Override
  long pages() {
    return pagesIn(0, count);
  }

  /** Counts the pages of the set under the children from a slot up to another. */
  long pagesIn(int slot, int endSlot) {
    long sum = 0;
    for (int at = slot; at < endSlot; at++) {
      sum += pages[at];
    }
    return sum;
  }

  void insert(int at, int firstChunk, TreeNode child, long childPages) {
    shift(at, at + 1);
    count++;
    first[at] = firstChunk;
    children[at] = child;
    pages[at] = childPages;
    child.parent = this;
    number(at);
  }

  /** Puts a node in the place of one that has the same pages under it. */
  void replace(int at, TreeNode child) {
    child(at).parent = null;
    children[at] = child;
    child.parent = this;
    child.slot = at;
  }

  /** Removes a child whose pages another has taken over. */
  void remove(int at) {
    child(at).parent = null;
    shift(at + 1, at);
    count--;
    children[count] = null;
    number(at);
  }

  private void shift(int from, int to) {
    int moved = count - from;
    System.arraycopy(first, from, first, to, moved);
    System.arraycopy(children, from, children, to, moved);
    System.arraycopy(pages, from, pages, to, moved);
  }

  private void number(int from) {
    for (int at = from; at < count; at++) {
      child(at).slot = at;
    }
  }

  /** Moves the children from a slot on to the end of another node, which has room for them. */
  void moveTo(InnerNode other, int from) {
    for (int at = from; at < count; at++) {
      other.insert(other.count, first[at], child(at), pages[at]);
    }
    Arrays.fill(children, from, count, null);
    count = from;
  }

  static long heldBytes(int fanOut) {
    return HeapSize.OBJECT
        + HeapSize.ints(fanOut)
        + HeapSize.references(fanOut)
        + HeapSize.longs(fanOut);
  }
}
