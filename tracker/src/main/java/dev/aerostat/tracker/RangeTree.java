package dev.aerostat.tracker;

import dev.aerostat.api.BalloonTracker.RangeVisitor;
import org.jspecify.annotations.Nullable;

/**
 * A set of page numbers in a B+-tree of ranges, and the counts of its pages and ranges.
 *
 * @see TreeShape
 */
final class RangeTree {
  static final long NONE = -1;

  final TreeShape shape;

  /** Right but for the bitmaps that are uncounted, as the sums above leaves are. */
  long pages;

  long ranges;

  /**
   * The first of the bitmaps that have changed since the last question about all of the set: a
   * fragmented guest changes some of them thousands of times between two questions.
   */
  @Nullable BitmapLeaf uncounted;

  /** A part of a range whose end was found, up to that end; empty once the set has changed. */
  private long runFirst;

  private long runEnd;

  /**
   * Creates an empty set.
   *
   * @param endPage more than any page that is ever added
   */
  RangeTree(TreeLimits limits, long endPage) {
    shape = new TreeShape(limits, endPage);
  }

  /** Returns whether the set has no page: a bitmap always has some. */
  boolean isEmpty() {
    return pages == 0 && uncounted == null;
  }

  long pages() {
    if (uncounted != null) { // Asked for several times a message.
      countAll();
    }
    return pages;
  }

  long ranges() {
    countAll();
    return ranges;
  }

  void clear() {
    shape.clear();
    uncounted = null;
    runEnd = 0;
    pages = 0;
    ranges = 0;
  }

  // --- Changes ----------------------------------------------------------------------------------

  /**
   * Puts all pages of a range, which is not empty, into the set, or takes them out.
   *
   * @return the pages that changed
   */
  long assign(long first, long end, boolean in) {
    runEnd = 0;
    TreeLeaf leaf = shape.leafOf(first);
    return end <= leaf.end ? assignIn(leaf, first, end, in) : assignAcross(first, end, in);
  }

  private long assignAcross(long first, long end, boolean in) {
    long changed = 0;
    long from = first;
    while (from < end) {
      TreeLeaf leaf = shape.leafOf(from);
      long to = Math.min(end, leaf.end);
      changed += assignIn(leaf, from, to, in);
      from = to;
    }
    return changed;
  }

  private long assignIn(TreeLeaf leaf, long first, long end, boolean in) {
    return leaf instanceof RangeLeaf few
        ? assignTo(few, first, end, in)
        : assignTo((BitmapLeaf) leaf, first, end, in);
  }

  private long assignTo(RangeLeaf leaf, long first, long end, boolean in) {
    int before = leaf.pieces;
    long changed = leaf.assign(first, end, in);
    if (changed != 0) {
      int now = leaf.pieces;
      add(leaf, in ? changed : -changed, now - before);
      keepSeams(leaf, first, end);
      if (now > leaf.most || (now < leaf.fewest && now < before)) {
        reshape(leaf);
      }
    }
    return changed;
  }

  private long assignTo(BitmapLeaf leaf, long first, long end, boolean in) {
    long changed = leaf.assign(first, end, in);
    if (changed != 0) {
      if (!leaf.isUncounted) {
        leaf.isUncounted = true;
        leaf.nextUncounted = uncounted;
        uncounted = leaf;
      }
      keepSeams(leaf, first, end);
      if (leaf.bits.ranges() < leaf.fewest) {
        reshape(leaf);
      }
    }
    return changed;
  }

  private void reshape(TreeLeaf leaf) {
    countAll();
    shape.reshape(leaf);
  }

  /** Brings all counts up to date with the bitmaps that have changed. */
  private void countAll() {
    BitmapLeaf leaf = uncounted;
    while (leaf != null) {
      add(leaf, leaf.bits.pages() - leaf.pages, (int) leaf.bits.ranges() - leaf.pieces);
      leaf.pieces = (int) leaf.bits.ranges();
      leaf.isUncounted = false;
      BitmapLeaf next = leaf.nextUncounted;
      leaf.nextUncounted = null;
      leaf = next;
    }
    uncounted = null;
  }

  private void add(TreeLeaf leaf, long morePages, int morePieces) {
    pages += morePages;
    leaf.pages += morePages;
    TreeShape.add(leaf, morePages);
    ranges += morePieces;
  }

  /** Counts anew what is one range across the edges of a leaf, if that may have changed. */
  private void keepSeams(TreeLeaf leaf, long first, long end) {
    if (first == leaf.first) {
      ranges -= seamsGainedAt(leaf);
    }
    if (end == leaf.end) {
      ranges -= seamsGainedAt(leaf.next);
    }
  }

  /** Looks whether the piece before a leaf goes on in it: two pieces are then one range. */
  private static int seamsGainedAt(@Nullable TreeLeaf leaf) {
    if (leaf == null || leaf.previous == null) {
      return 0;
    }
    boolean joined = leaf.contains(leaf.first) && leaf.previous.contains(leaf.first - 1);
    int gained = joined == leaf.joined ? 0 : joined ? 1 : -1;
    leaf.joined = joined;
    return gained;
  }

  // --- Questions --------------------------------------------------------------------------------

  boolean contains(long page) {
    return page >= 0 && page < shape.endPage() && shape.leafOf(page).contains(page);
  }

  /** Finds the first page of the set from one on, or {@link #NONE}. */
  long nextIn(long page) {
    long found = page < shape.endPage() ? next(page, true) : page;
    return found < shape.endPage() ? found : NONE;
  }

  /** Finds the first page out of the set from one on. */
  long nextOut(long page) {
    if (page >= runFirst && page < runEnd) {
      return runEnd;
    }
    long end = page < shape.endPage() ? next(page, false) : page;
    if (end > page) {
      runFirst = end == runEnd ? Math.min(runFirst, page) : page;
      runEnd = end;
    }
    return end;
  }

  private long next(long page, boolean in) {
    TreeLeaf leaf = shape.leafOf(page);
    long found = leaf.next(page, in);
    while (found == leaf.end && leaf.next != null) {
      leaf = leaf.next;
      found = leaf.next(leaf.first, in);
    }
    return found;
  }

  /** Finds the last page of the set up to one, or {@link #NONE}. */
  long previousIn(long page) {
    return previous(Math.min(page, shape.endPage() - 1), true);
  }

  /** Finds the last page in the set, or out of it, up to one of the tree; else page -1. */
  private long previous(long page, boolean in) {
    TreeLeaf leaf = shape.leafOf(page);
    long found = leaf.previous(page, in);
    while (found < leaf.first && leaf.previous != null) {
      leaf = leaf.previous;
      found = leaf.previous(leaf.end - 1, in);
    }
    return found;
  }

  /** Counts the pages of the set in a range. */
  long count(long first, long end) {
    long to = Math.min(end, shape.endPage());
    if (first >= to) {
      return 0;
    }
    TreeLeaf low = shape.leafOf(first);
    if (to <= low.end) {
      return low.count(first, to);
    }
    countAll();
    TreeLeaf high = shape.leafOf(to - 1);
    return TreeShape.pagesBetween(low, high) + before(high, to) - before(low, first);
  }

  /** Counts the pages of the set in a leaf before a page or its end: the shorter side. */
  private static long before(TreeLeaf leaf, long page) {
    if (page - leaf.first <= leaf.end - page) {
      return page == leaf.first ? 0 : leaf.count(leaf.first, page);
    }
    return page == leaf.end ? leaf.pages : leaf.pages - leaf.count(page, leaf.end);
  }

  void forEach(RangeVisitor visitor) {
    long first = nextIn(0);
    while (first != NONE) {
      long end = nextOut(first);
      visitor.visit(first, end);
      first = nextIn(end);
    }
  }

  void forEachDescending(RangeVisitor visitor) {
    long last = previousIn(shape.endPage() - 1);
    while (last != NONE) {
      long before = previous(last, false);
      visitor.visit(before + 1, last + 1);
      last = before == NONE ? NONE : previousIn(before);
    }
  }

  long heldBytes() {
    return HeapSize.OBJECT + shape.heldBytes();
  }
}
