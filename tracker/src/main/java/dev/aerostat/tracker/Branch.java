package dev.aerostat.tracker;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** 64 children, each in the balloon, out of it, or split and then a node of its own. */
final class Branch extends Node {
  static final int FANOUT_SHIFT = 6;
  static final int FANOUT = 1 << FANOUT_SHIFT;

  /** The object is a header, a reference, two longs and an int. */
  static final long HELD_BYTES = 40 + HeapSize.references(FANOUT);

  final @Nullable Node[] children = new Node[FANOUT];

  /** A bit for each child that has ballooned pages. */
  long any;

  /** A bit for each child that has no other pages. */
  long full;

  /** Base-two logarithm of the pages that a child covers. */
  private int shift;

  /** Makes this the branch of a part that was wholly in the balloon, or wholly out of it. */
  void reset(int childShift, boolean all) {
    shift = childShift;
    any = all ? -1L : 0L;
    full = any;
  }

  @Override
  boolean contains(long page) {
    int index = indexOf(page);
    return isSplit(index) ? child(index).contains(page) : isAll(index, true);
  }

  @Override
  long next(long page, boolean ballooned) {
    int index = indexOf(page);
    if (isAll(index, ballooned)) {
      return page;
    }
    long found = isSplit(index) ? child(index).next(page, ballooned) : NONE;
    long later = childrenWith(ballooned) & (-2L << index);
    if (found != NONE || later == 0) {
      return found;
    }
    int nextIndex = Long.numberOfTrailingZeros(later);
    long start = startOf(page, nextIndex);
    return isAll(nextIndex, ballooned) ? start : child(nextIndex).next(start, ballooned);
  }

  @Override
  long previous(long page, boolean ballooned) {
    int index = indexOf(page);
    if (isAll(index, ballooned)) {
      return page;
    }
    long found = isSplit(index) ? child(index).previous(page, ballooned) : NONE;
    long earlier = childrenWith(ballooned) & ((1L << index) - 1);
    if (found != NONE || earlier == 0) {
      return found;
    }
    int previousIndex = 63 - Long.numberOfLeadingZeros(earlier);
    long last = startOf(page, previousIndex + 1) - 1;
    return isAll(previousIndex, ballooned) ? last : child(previousIndex).previous(last, ballooned);
  }

  @Override
  long count(long first, long end) {
    int lastIndex = indexOf(end - 1);
    long count = 0;
    for (int index = indexOf(first); index <= lastIndex; index++) {
      if (isSplit(index)) {
        count += child(index).count(from(first, index), to(first, end, index));
      } else if (isAll(index, true)) {
        count += to(first, end, index) - from(first, index);
      }
    }
    return count;
  }

  @Override
  long edges(long first, long end) {
    int lastIndex = indexOf(end - 1);
    boolean previous = contains(first);
    long edges = 0;
    for (int index = indexOf(first); index <= lastIndex; index++) {
      long from = from(first, index);
      long last = to(first, end, index) - 1;
      if (contains(from) != previous) {
        edges++;
      }
      if (isSplit(index)) {
        edges += child(index).edges(from, last + 1);
      }
      previous = contains(last);
    }
    return edges;
  }

  @Override
  void assign(long first, long end, boolean ballooned, NodePool pool) {
    int lastIndex = indexOf(end - 1);
    for (int index = indexOf(first); index <= lastIndex; index++) {
      long from = from(first, index);
      long to = to(first, end, index);
      if (to - from == 1L << shift) {
        makeUniform(index, ballooned, pool);
      } else if (!isAll(index, ballooned)) {
        Node child = split(from, pool);
        child.assign(from, to, ballooned, pool);
        if (child.isAll(ballooned)) {
          makeUniform(index, ballooned, pool);
        }
      }
    }
  }

  @Override
  boolean isAll(boolean ballooned) {
    return ballooned ? full == -1L : any == 0L;
  }

  /** Says whether all pages of a child are ballooned, or none is. */
  boolean isAll(int index, boolean ballooned) {
    return (((ballooned ? ~full : any) >>> index) & 1) == 0;
  }

  /** Says whether a child is a node of its own. */
  boolean isSplit(int index) {
    return (((any & ~full) >>> index) & 1) != 0;
  }

  /** Gives the node of a child that is split. */
  Node child(int index) {
    return Objects.requireNonNull(children[index]);
  }

  /** Gives the node of the child that holds a page; the child is split if it was not. */
  Node split(long page, NodePool pool) {
    int index = indexOf(page);
    if (isSplit(index)) {
      return child(index);
    }
    Node child = pool.take(page, shift, isAll(index, true));
    children[index] = child;
    any |= 1L << index;
    full &= ~(1L << index);
    return child;
  }

  /** Puts a whole child into the balloon, or takes it out. */
  private void makeUniform(int index, boolean ballooned, NodePool pool) {
    if (isSplit(index)) {
      release(index, pool);
    }
    long bit = 1L << index;
    any = ballooned ? any | bit : any & ~bit;
    full = ballooned ? full | bit : full & ~bit;
  }

  /** Gives all nodes below this one back. */
  void releaseChildren(NodePool pool) {
    for (long split = any & ~full; split != 0; split &= split - 1) {
      release(Long.numberOfTrailingZeros(split), pool);
    }
  }

  private void release(int index, NodePool pool) {
    pool.give(child(index));
    children[index] = null;
  }

  private long childrenWith(boolean ballooned) {
    return ballooned ? any : ~full;
  }

  int indexOf(long page) {
    return (int) (page >>> shift) & (FANOUT - 1);
  }

  private long startOf(long anyPage, int index) {
    int span = shift + FANOUT_SHIFT;
    return ((anyPage >>> span) << span) + ((long) index << shift);
  }

  private long from(long first, int index) {
    return Math.max(first, startOf(first, index));
  }

  private long to(long first, long end, int index) {
    return Math.min(end, startOf(first, index + 1));
  }
}
