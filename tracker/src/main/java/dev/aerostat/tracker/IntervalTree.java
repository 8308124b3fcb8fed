package dev.aerostat.tracker;

import org.jspecify.annotations.Nullable;

/** A set of page numbers below a limit: the tree's root, and the counts that make it exact. */
final class IntervalTree {
  private static final long NONE = Node.NONE;

  final NodePool pool;
  final Branch root;

  /** The page after the last one that the root covers. */
  private final long limit;

  private long pages;

  /** Pages that differ from the one before them; page 0 comes after one that is not ballooned. */
  private long edges;

  private final RecentLeaves recent;

  /** A part of a range whose end was found, up to that end; empty once the set has changed. */
  private long runFirst;

  private long runEnd;

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
    pool = new NodePool(1L << (childShift + Branch.FANOUT_SHIFT - Leaf.SHIFT));
    recent = pool.recentLeaves;
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
    if (page < 0 || page >= limit) {
      return false;
    }
    Leaf leaf = recent.of(page);
    return leaf == null ? root.contains(page) : leaf.contains(page);
  }

  /** Finds the first page from {@code page} on that is in the set, or that is not; or none. */
  long next(long page, boolean ballooned) {
    if (ballooned) {
      return page < limit ? root.next(page, true) : NONE;
    }
    return page >= runFirst && page < runEnd ? runEnd : findEndOfRun(page);
  }

  private long findEndOfRun(long page) {
    long found = page < limit ? root.next(page, false) : NONE;
    long end = found != NONE ? found : Math.max(page, limit);
    if (end > page) {
      runFirst = end == runEnd ? Math.min(runFirst, page) : page;
      runEnd = end;
    }
    return end;
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
    Leaf leaf = recent.of(first);
    if (leaf != null && Leaf.numberOf(end - 1) == leaf.number) {
      return leaf.intersects(first, end);
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
    runEnd = 0;
    int seams = Leaf.numberOf(end - 1) - Leaf.numberOf(first);
    if (seams == 0) {
      return assignInLeaf(first, end, ballooned);
    }
    if (seams == 1) {
      long seam = (end - 1) & -Leaf.PAGES;
      return assignInLeaf(first, seam, ballooned) + assignInLeaf(seam, end, ballooned);
    }
    return assignAcrossLeaves(first, end, ballooned);
  }

  private long assignInLeaf(long first, long end, boolean ballooned) {
    if (Leaf.isOneWord(first, end)) {
      return assignInWord(first, Leaf.maskOf(first, end), ballooned);
    }
    Leaf leaf = leafOf(first, ballooned);
    if (leaf == null) {
      return 0;
    }
    boolean before = bit(leaf, first - 1) != 0;
    boolean after = bit(leaf, end) != 0;
    return count(leaf, leaf.change(first, end, ballooned, before, after), ballooned);
  }

  /**
   * Puts some pages of a word into the set, or takes them out.
   *
   * @param page any page of the word
   * @param mask a bit for each page
   * @return the pages that changed
   */
  private int assignInWord(long page, long mask, boolean ballooned) {
    Leaf leaf = leafOf(page, ballooned);
    if (leaf == null) {
      return 0;
    }
    long first = page & -Long.SIZE;
    long end = first + Long.SIZE;
    long before = bit(leaf, first - 1);
    long after = bit(leaf, end);
    return count(leaf, leaf.changeInWord(page, mask, ballooned, before, after), ballooned);
  }

  /** Gives 1 if a page is in the set, else 0; quickest if it lies in a leaf at hand. */
  private long bit(Leaf leaf, long page) {
    if (Leaf.numberOf(page) == leaf.number) {
      return leaf.bitAt(page);
    }
    return contains(page) ? 1 : 0;
  }

  private int count(Leaf leaf, long change, boolean ballooned) {
    int changed = Leaf.changedPages(change);
    edges += Leaf.gainedEdges(change);
    pages += ballooned ? changed : -changed;
    if (leaf.isAll(ballooned)) {
      long start = (long) leaf.number << Leaf.SHIFT;
      rewrite(start, start + Leaf.PAGES, ballooned);
    }
    return changed;
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
    root.assign(first, end, ballooned, pool);
  }

  /** Gives the leaf of a page, split off if need be, or null if all of it is as wanted already. */
  private @Nullable Leaf leafOf(long page, boolean wanted) {
    Leaf leaf = recent.of(page);
    return leaf == null ? findLeaf(page, wanted) : leaf;
  }

  private @Nullable Leaf findLeaf(long page, boolean wanted) {
    Node node = root;
    while (node instanceof Branch branch) {
      int index = branch.indexOf(page);
      node = branch.children[index];
      if (node == null) {
        if (branch.isAll(index, wanted)) {
          return null;
        }
        node = branch.split(page, pool);
      }
    }
    Leaf leaf = (Leaf) node;
    recent.remember(leaf);
    return leaf;
  }

  void clear() {
    runEnd = 0;
    rewrite(0, limit, false);
    pages = 0;
    edges = 0;
  }

  long heldBytes() {
    return HeapSize.OBJECT + pool.heldBytes();
  }
}
