package dev.aerostat.tracker;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A tracker as a stranger would write it: a B+-tree whose leaves hold ranges, or bits where there
 * are many of them, with sums by subtree, and a linked list of granules. It shares no code and no
 * idea with the trackers of this module, and can be told to make the mistakes that such trees make.
 */
class TextbookTree implements BalloonTracker {
  /** What can be wrong with a tree. */
  enum Mistake {
    SPLITS_WITHOUT_ROOM,
    LOSES_A_RANGE_TURNING_TO_BITS,
    LOSES_A_RANGE_TURNING_TO_RANGES,
    LEAVES_SUMS_AS_THEY_WERE,
    LEAVES_SUMS_AS_THEY_WERE_ON_DEFLATE,
    FORGETS_A_SEAM,
    FORGETS_ITS_NEWEST,
    LEAVES_THE_NEWEST_TWO_AS_THEY_ARE,
    LEAVES_AN_EMPTIED_GRANULE_IN_THE_ORDER
  }

  private static final int CHUNK_SHIFT = 18;
  private static final int FAN_OUT = 32;
  private static final int RANGES_IN_SEVERAL_CHUNKS = 64;
  private static final int RANGES_IN_A_CHUNK = 128;
  private static final int FEWEST_IN_BITS = RANGES_IN_A_CHUNK / 4;

  private final Granules granules;
  private final Set<Mistake> mistakes;
  private final int[] older;
  private final int[] newer;
  private int newest;
  private Node root;

  TextbookTree(Granules granules, Mistake... mistakes) {
    this.granules = granules;
    this.mistakes = EnumSet.noneOf(Mistake.class);
    this.mistakes.addAll(List.of(mistakes));
    this.older = new int[granules.count()];
    this.newer = new int[granules.count()];
    this.root = emptyRoot();
    clear();
  }

  @Override
  public Granules granules() {
    return granules;
  }

  private Node emptyRoot() {
    long end = granules.memory().endPage();
    return new Leaf(0, ((end >>> CHUNK_SHIFT) + 1) << CHUNK_SHIFT);
  }

  private boolean makes(Mistake mistake) {
    return mistakes.contains(mistake);
  }

  @Override
  public long inflate(long firstPage, long endPage, boolean descending) {
    long added = assign(firstPage, endPage, true);
    int lowest = granules.indexOf(firstPage);
    int highest = granules.indexOf(endPage - 1);
    for (int i = 0; i <= highest - lowest; i++) {
      int granule = descending ? highest - i : lowest + i;
      if (!staysWhereItIs(granule, added)) {
        unlink(granule);
        link(granule);
      }
    }
    return added;
  }

  private boolean staysWhereItIs(int granule, long added) {
    boolean listed = older[granule] != ABSENT;
    boolean second = newest != NONE && older[newest] == granule;
    return (makes(Mistake.FORGETS_ITS_NEWEST) && added == 0 && listed)
        || (makes(Mistake.LEAVES_THE_NEWEST_TWO_AS_THEY_ARE) && second);
  }

  @Override
  public long deflate(long firstPage, long endPage) {
    long removed = -assign(firstPage, endPage, false);
    for (int i = granules.indexOf(firstPage); i <= granules.indexOf(endPage - 1); i++) {
      boolean onEdge = granules.firstPage(i) < firstPage || granules.endPage(i) > endPage;
      boolean kept = makes(Mistake.LEAVES_AN_EMPTIED_GRANULE_IN_THE_ORDER) && onEdge;
      if (!kept && !intersects(granules.firstPage(i), granules.endPage(i))) {
        unlink(i);
      }
    }
    return removed;
  }

  private long assign(long firstPage, long endPage, boolean ballooned) {
    if (firstPage < 0 || !granules.memory().containsPages(firstPage, endPage)) {
      throw new IllegalArgumentException(
          "pages [0x%x, 0x%x) are empty or not all RAM".formatted(firstPage, endPage));
    }
    long before = root.pages;
    Node right = root.assign(firstPage, endPage, ballooned);
    if (right != root) {
      root = new Inner(root, right);
    }
    return root.pages - before;
  }

  @Override
  public void clear() {
    root = emptyRoot();
    newest = NONE;
    Arrays.fill(older, ABSENT);
    Arrays.fill(newer, ABSENT);
  }

  private static final int ABSENT = -2;

  private void link(int granule) {
    older[granule] = newest;
    newer[granule] = NONE;
    if (newest != NONE) {
      newer[newest] = granule;
    }
    newest = granule;
  }

  private void unlink(int granule) {
    if (older[granule] == ABSENT) {
      return;
    }
    if (older[granule] != NONE) {
      newer[older[granule]] = newer[granule];
    }
    if (newer[granule] == NONE) {
      newest = older[granule];
    } else {
      older[newer[granule]] = older[granule];
    }
    older[granule] = ABSENT;
  }

  @Override
  public boolean contains(long page) {
    return nextNotBallooned(page) != page;
  }

  @Override
  public long nextBallooned(long page) {
    long next = page < root.end ? root.next(page, true) : Long.MAX_VALUE;
    return next == Long.MAX_VALUE ? NONE : next;
  }

  @Override
  public long nextNotBallooned(long page) {
    return page < root.end ? Math.min(root.next(page, false), root.end) : page;
  }

  @Override
  public long pagesIn(long firstPage, long endPage) {
    return firstPage < root.end ? root.pagesIn(firstPage, endPage) : 0;
  }

  @Override
  public long pages() {
    return root.pages;
  }

  @Override
  public long ranges() {
    return root.ranges;
  }

  @Override
  public void forEachRange(RangeVisitor visitor) {
    for (long first = nextBallooned(0); first != NONE; ) {
      long end = nextNotBallooned(first);
      visitor.visit(first, end);
      first = nextBallooned(end);
    }
  }

  @Override
  public void forEachRangeDescending(RangeVisitor visitor) {
    var ranges = new ArrayList<long[]>();
    forEachRange((first, end) -> ranges.add(new long[] {first, end}));
    ranges.reversed().forEach(range -> visitor.visit(range[0], range[1]));
  }

  @Override
  public int mostRecentGranule() {
    return newest;
  }

  @Override
  public int nextOlderGranule(int granule) {
    if (granule < 0 || granule >= older.length || older[granule] == ABSENT) {
      throw new IllegalArgumentException("granule %d has no place".formatted(granule));
    }
    return older[granule];
  }

  @Override
  public long heldBytes() {
    return 8L * older.length + 100;
  }

  /** Pages from one on up to another, and what lies below it in sums. */
  private abstract static sealed class Node {
    final long first;
    long end;
    long pages;
    long ranges;
    boolean beginsBallooned;
    boolean endsBallooned;

    private Node(long first, long end) {
      this.first = first;
      this.end = end;
    }

    /** Returns the node to put on the right of this one, or this one. */
    abstract Node assign(long from, long to, boolean ballooned);

    /** Returns the first page from one on that is in that state, or the greatest number. */
    abstract long next(long page, boolean ballooned);

    abstract long pagesIn(long from, long to);

    final boolean isAll(boolean ballooned) {
      return pages == (ballooned ? end - first : 0);
    }
  }

  private final class Inner extends Node {
    private final List<Node> children = new ArrayList<>(FAN_OUT + 2);

    private Inner(Node left, Node right) {
      super(left.first, right.end);
      children.add(left);
      children.add(right);
      sum();
    }

    private Inner(List<Node> nodes) {
      super(nodes.getFirst().first, nodes.getLast().end);
      children.addAll(nodes);
      sum();
    }

    private void sum() {
      pages = 0;
      ranges = 0;
      boolean before = false;
      for (int i = 0; i < children.size(); i++) {
        Node child = children.get(i);
        pages += child.pages;
        ranges += child.ranges;
        boolean seam = before && child.beginsBallooned;
        ranges -= seam && !(makes(Mistake.FORGETS_A_SEAM) && child instanceof Inner) ? 1 : 0;
        before = child.endsBallooned;
      }
      beginsBallooned = children.getFirst().beginsBallooned;
      endsBallooned = before;
    }

    @Override
    Node assign(long from, long to, boolean ballooned) {
      for (int i = 0; i < children.size(); i++) {
        Node child = children.get(i);
        if (child.first < to && from < child.end) {
          Node right = child.assign(from, to, ballooned);
          if (right != child) {
            i++;
            insert(i, right);
          }
        }
      }
      long before = pages;
      sum();
      boolean stale =
          makes(Mistake.LEAVES_SUMS_AS_THEY_WERE)
              || (makes(Mistake.LEAVES_SUMS_AS_THEY_WERE_ON_DEFLATE) && !ballooned);
      if (stale && this != root) {
        pages = before;
      }
      return children.size() > FAN_OUT ? split() : this;
    }

    private void insert(int place, Node child) {
      if (makes(Mistake.SPLITS_WITHOUT_ROOM) && children.size() == FAN_OUT) {
        children.get(place - 1).end = child.end;
        return;
      }
      children.add(place, child);
    }

    private Node split() {
      List<Node> upper = children.subList(children.size() / 2, children.size());
      var right = new Inner(List.copyOf(upper));
      upper.clear();
      end = right.first;
      sum();
      return right;
    }

    @Override
    long next(long page, boolean ballooned) {
      for (int i = 0; i < children.size(); i++) {
        Node child = children.get(i);
        if (page < child.end && !child.isAll(!ballooned)) {
          long next = child.next(page, ballooned);
          if (next != Long.MAX_VALUE) {
            return next;
          }
        }
      }
      return Long.MAX_VALUE;
    }

    @Override
    long pagesIn(long from, long to) {
      long sum = 0;
      for (int i = 0; i < children.size(); i++) {
        Node child = children.get(i);
        if (from <= child.first && child.end <= to) {
          sum += child.pages;
        } else if (child.first < to && from < child.end) {
          sum += child.pagesIn(from, to);
        }
      }
      return sum;
    }
  }

  private final class Leaf extends Node {
    /** First page, page after the last, of each range in turn. */
    private long[] bounds = new long[8];

    private int used;
    private boolean inBits;
    private BitSet bits = new BitSet(0);

    private Leaf(long first, long end) {
      super(first, end);
    }

    @Override
    Node assign(long from, long to, boolean ballooned) {
      long low = Math.max(from, first);
      long high = Math.min(to, end);
      if (!inBits) {
        assignBounds(low, high, ballooned);
      } else {
        assignBits((int) (low - first), (int) (high - first), ballooned);
      }
      return reshaped();
    }

    private void assignBounds(long low, long high, boolean ballooned) {
      int from = countBelow(low);
      int to = countBelow(high + 1);
      boolean opens = (from % 2 == 0) == ballooned;
      boolean closes = (to % 2 == 0) == ballooned;
      pages += ballooned ? high - low - inBounds(low, high) : -inBounds(low, high);
      int inserted = (opens ? 1 : 0) + (closes ? 1 : 0);
      int longer = inserted - (to - from);
      if (used + longer > bounds.length) {
        bounds = Arrays.copyOf(bounds, 2 * bounds.length);
      }
      System.arraycopy(bounds, to, bounds, to + longer, used - to);
      used += longer;
      if (opens) {
        bounds[from++] = low;
      }
      if (closes) {
        bounds[from] = high;
      }
      ranges = used / 2;
      beginsBallooned = used > 0 && bounds[0] == first;
      endsBallooned = used > 0 && bounds[used - 1] == end;
    }

    private int countBelow(long page) {
      int found = Arrays.binarySearch(bounds, 0, used, page);
      return found >= 0 ? found : -1 - found;
    }

    private long inBounds(long low, long high) {
      long sum = 0;
      for (int i = countBelow(low) / 2 * 2; i < used && bounds[i] < high; i += 2) {
        sum += Math.max(0, Math.min(bounds[i + 1], high) - Math.max(bounds[i], low));
      }
      return sum;
    }

    private void assignBits(int low, int high, boolean ballooned) {
      long rangesAround = rangesInBits(low, high);
      int before = countBits(low, high);
      bits.set(low, high, ballooned);
      pages += (ballooned ? high - low : 0) - before;
      ranges += rangesInBits(low, high) - rangesAround;
      beginsBallooned = bits.get(0);
      endsBallooned = bits.get((int) (end - first) - 1);
    }

    private int countBits(int low, int high) {
      int count = 0;
      for (int at = bits.nextSetBit(low); at >= 0 && at < high; ) {
        int clear = bits.nextClearBit(at);
        count += Math.min(clear, high) - at;
        at = bits.nextSetBit(clear);
      }
      return count;
    }

    private long rangesInBits(int low, int high) {
      long count = 0;
      int from = Math.max(0, low - 1);
      for (int at = bits.nextSetBit(from); at >= 0 && at <= high; ) {
        count++;
        at = bits.nextSetBit(bits.nextClearBit(at));
      }
      return count;
    }

    private Node reshaped() {
      boolean oneChunk = end - first == 1L << CHUNK_SHIFT;
      if (inBits && ranges < FEWEST_IN_BITS) {
        turnToRanges();
      } else if (!inBits && oneChunk && ranges > RANGES_IN_A_CHUNK) {
        turnToBits();
      } else if (!inBits && !oneChunk && ranges > RANGES_IN_SEVERAL_CHUNKS) {
        return split();
      }
      return this;
    }

    private void turnToBits() {
      inBits = true;
      bits = new BitSet((int) (end - first));
      int last = makes(Mistake.LOSES_A_RANGE_TURNING_TO_BITS) ? used - 2 : used;
      for (int i = 0; i < last; i += 2) {
        bits.set((int) (bounds[i] - first), (int) (bounds[i + 1] - first));
      }
      used = 0;
    }

    private void turnToRanges() {
      int skipped = makes(Mistake.LOSES_A_RANGE_TURNING_TO_RANGES) ? 1 : 0;
      used = 0;
      for (int at = bits.nextSetBit(skipped); at >= 0; ) {
        int clear = bits.nextClearBit(at);
        if (used == bounds.length) {
          bounds = Arrays.copyOf(bounds, 2 * bounds.length);
        }
        bounds[used++] = first + at;
        bounds[used++] = first + clear;
        at = bits.nextSetBit(clear);
      }
      inBits = false;
      bits = new BitSet(0);
    }

    private Node split() {
      long middle = bounds[used / 4 * 2] >>> CHUNK_SHIFT << CHUNK_SHIFT;
      long lastCut = end - (1L << CHUNK_SHIFT);
      long cut = Math.clamp(middle, first + (1L << CHUNK_SHIFT), lastCut);
      var right = new Leaf(cut, end);
      for (int i = 0; i < used; i += 2) {
        if (bounds[i + 1] > cut) {
          right.assignBounds(Math.max(bounds[i], cut), bounds[i + 1], true);
        }
      }
      assignBounds(cut, end, false);
      end = cut;
      endsBallooned = used > 0 && bounds[used - 1] == end;
      return right;
    }

    @Override
    long next(long page, boolean ballooned) {
      long from = Math.max(page, first);
      if (inBits) {
        int at = (int) (from - first);
        int next = ballooned ? bits.nextSetBit(at) : bits.nextClearBit(at);
        return next < 0 || next >= end - first ? Long.MAX_VALUE : first + next;
      }
      int after = countBelow(from + 1);
      if ((after % 2 == 1) == ballooned) {
        return from;
      }
      long next = after < used ? bounds[after] : end;
      return next < end ? next : Long.MAX_VALUE;
    }

    @Override
    long pagesIn(long from, long to) {
      long low = Math.max(from, first);
      long high = Math.min(to, end);
      return inBits ? countBits((int) (low - first), (int) (high - first)) : inBounds(low, high);
    }
  }
}
