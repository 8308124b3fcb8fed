package dev.aerostat.tracker;

import org.jspecify.annotations.Nullable;

/** A set of page numbers below a limit: the tree's root, and the counts that make it exact. */
final class IntervalTree {
  private static final long NONE = Node.NONE;

  final NodePool pool = new NodePool();
  final Branch root;

  /** The page after the last one that the root covers. */
  private final long limit;

  private long pages;

  /** Pages that differ from the one before them; page 0 comes after one that is not ballooned. */
  private long edges;

  /** The leaf of the last change: the next one is nearly always beside it. */
  @Nullable Leaf recentLeaf;

  long recentNumber = NONE;

  /**
   * Makes an empty set.
   *
   * @param endPage the page after the last one that it may ever hold
   */
  IntervalTree(long endPage) {
    int childShift = Leaf.SHIFT;
    while (1L << (childShift + Branch.FANOUT_SHIFT) < endPage) {
      childShift += Branch.FANOUT_SHIFT;
    }
    root = pool.takeBranch(childShift, false);
    limit = 1L << (childShift + Branch.FANOUT_SHIFT);
  }

  long pages() {
    return pages;
  }

  long ranges() {
    return edges >>> 1;
  }

  boolean contains(long page) {
    if (recentLeaf != null && numberOf(page) == recentNumber) {
      return recentLeaf.contains(page);
    }
    return page >= 0 && page < limit && root.contains(page);
  }

  /** Finds the first page from {@code page} on that is in the set, or that is not; or none. */
  long next(long page, boolean ballooned) {
    long found = page < limit ? root.next(page, ballooned) : NONE;
    return found != NONE || ballooned ? found : Math.max(page, limit);
  }

  /** Finds the last page up to {@code page} that is in the set, or that is not; or none. */
  long previous(long page, boolean ballooned) {
    if (page >= limit && !ballooned) {
      return page;
    }
    return page < 0 ? NONE : root.previous(Math.min(page, limit - 1), ballooned);
  }

  /** Says whether any page of a range below the limit is in the set. */
  boolean intersects(long first, long end) {
    if (recentLeaf != null
        && numberOf(first) == recentNumber
        && numberOf(end - 1) == recentNumber) {
      return recentLeaf.intersects(first, end);
    }
    long found = root.next(first, true);
    return found != NONE && found < end;
  }

  /** Counts the pages of the set in a range. */
  long count(long first, long end) {
    long last = Math.min(end, limit);
    return first < last ? root.count(first, last) : 0;
  }

  /**
   * Puts all pages of a range into the set, or takes them out.
   *
   * @return the pages that changed
   */
  long assign(long first, long end, boolean ballooned) {
    long leaves = numberOf(end - 1) - numberOf(first) + 1;
    if (leaves == 1) {
      return assignInLeaf(first, end, ballooned);
    }
    if (leaves == 2) {
      long seam = numberOf(end - 1) << Leaf.SHIFT;
      return assignInLeaf(first, seam, ballooned) + assignInLeaf(seam, end, ballooned);
    }
    return assignAcrossLeaves(first, end, ballooned);
  }

  private long assignInLeaf(long first, long end, boolean ballooned) {
    Leaf leaf = leafOf(first, ballooned);
    if (leaf == null) {
      return 0;
    }
    long change =
        Leaf.shareWord(first - 1, end)
            ? leaf.changeInWord(first, end, ballooned)
            : leaf.change(first, end, ballooned, contains(first - 1), contains(end));
    edges += Leaf.gainedEdges(change);
    pages += ballooned ? Leaf.changedPages(change) : -Leaf.changedPages(change);
    if (leaf.isAll(ballooned)) {
      long start = numberOf(first) << Leaf.SHIFT;
      rewrite(start, start + Leaf.PAGES, ballooned);
    }
    return Leaf.changedPages(change);
  }

  private long assignAcrossLeaves(long first, long end, boolean ballooned) {
    long before = root.count(first, end);
    long after = ballooned ? end - first : 0;
    edges += edgesGained(first, end, ballooned) - root.edges(first, end);
    pages += after - before;
    rewrite(first, end, ballooned);
    return Math.abs(after - before);
  }

  /** Counts the edges at the two ends of a range as they will be, less what they are. */
  private int edgesGained(long first, long end, boolean ballooned) {
    return gained(contains(first - 1), contains(first), ballooned)
        + gained(contains(end), contains(end - 1), ballooned);
  }

  private static int gained(boolean outside, boolean was, boolean willBe) {
    return (outside ^ willBe ? 1 : 0) - (outside ^ was ? 1 : 0);
  }

  /** Assigns from the root down, which drops the nodes of what has become uniform. */
  private void rewrite(long first, long end, boolean ballooned) {
    recentLeaf = null;
    root.assign(first, end, ballooned, pool);
  }

  /** Gives the leaf of a page, split off if need be, or null if all of it is as wanted already. */
  private @Nullable Leaf leafOf(long page, boolean wanted) {
    if (recentLeaf != null && numberOf(page) == recentNumber) {
      return recentLeaf;
    }
    Node node = root;
    while (node instanceof Branch branch) {
      int index = branch.indexOf(page);
      node = branch.children[index];
      if (node == null) {
        if (branch.isAll(index, wanted)) {
          return null;
        }
        node = branch.split(index, pool);
      }
    }
    recentLeaf = (Leaf) node;
    recentNumber = numberOf(page);
    return recentLeaf;
  }

  /** Numbers the leaves that there could be, from page 0 up. */
  private static long numberOf(long page) {
    return page >>> Leaf.SHIFT;
  }

  void clear() {
    rewrite(0, limit, false);
    pages = 0;
    edges = 0;
  }

  long heldBytes() {
    return HeapSize.OBJECT + pool.heldBytes();
  }
}
