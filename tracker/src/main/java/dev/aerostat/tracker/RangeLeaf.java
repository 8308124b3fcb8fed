package dev.aerostat.tracker;

import java.util.Arrays;

/**
 * Ranges as the pages where they begin and end, in turn, ascending. A page is in the set if the
 * number of bounds up to it is odd: so to inflate and to deflate are the same work with the parity
 * turned, merging included.
 *
 * <p>Two places are remembered, where the last change was and where the last question: a guest that
 * goes through its memory needs no search.
 */
final class RangeLeaf extends TreeLeaf {
  private static final int LEAST_BOUNDS = 8;

  /** A change adds up to two bounds before anything asks whether there is room for more. */
  private static final int ROOM = 2;

  /** More pieces than this it may never have. */
  private int limit;

  long[] bounds;
  int count;
  private int changed;
  private int asked;
  private final TreeLimits limits;

  /** Creates an empty leaf with room for some bounds. */
  RangeLeaf(TreeLimits limits, long first, long end, int bounds) {
    super(first, end, Math.max(1, limits.leafRanges() / 4));
    this.limits = limits;
    this.bounds = new long[capacityFor(bounds)];
    spanTo(end);
  }

  private static int capacityFor(int bounds) {
    int powerOfTwo = bounds <= LEAST_BOUNDS ? LEAST_BOUNDS : Integer.highestOneBit(bounds - 1) << 1;
    return powerOfTwo + ROOM;
  }

  private void spanTo(long end) {
    this.end = end;
    limit = chunks() == 1 ? limits.chunkRanges() : limits.leafRanges();
    most = Math.min(limit, (bounds.length - ROOM) / 2);
  }

  int chunks() {
    return limits.chunkOf(end - first);
  }

  /** Returns whether more room is all it needs when it has too many pieces. */
  boolean mayGrow() {
    return pieces <= limit;
  }

  // --- Changes ----------------------------------------------------------------------------------

  /**
   * Puts all pages of a part of the span into the set, or takes them out.
   *
   * @return the pages that changed
   */
  long assign(long from, long to, boolean in) {
    long[] bounds = this.bounds;
    int low = below(from, changed);
    changed = low;
    // Bounds from low to high go; each end of a range counts for its pages, each begin against.
    int high = low;
    long were = isIn(low) ? -from : 0;
    while (high < count && bounds[high] <= to) {
      were += isIn(high) ? bounds[high] : -bounds[high];
      high++;
    }
    were += isIn(high) ? to : 0;
    int begins = isIn(low) == in ? 0 : 1;
    int ends = isIn(high) == in ? 0 : 1;
    int more = begins + ends - (high - low);
    if (more != 0) {
      System.arraycopy(bounds, high, bounds, high + more, count - high);
      count += more;
      pieces = count >>> 1;
    }
    if (begins != 0) {
      bounds[low] = from;
    }
    if (ends != 0) {
      bounds[low + begins] = to;
    }
    return in ? to - from - were : were;
  }

  private static boolean isIn(int boundsUpTo) {
    return (boundsUpTo & 1) != 0;
  }

  /** Counts the bounds less than a page. */
  private int below(long page, int guess) {
    return guess <= count
            && (guess == count || bounds[guess] >= page)
            && (guess == 0 || bounds[guess - 1] < page)
        ? guess
        : search(page);
  }

  /** Halves without a branch: what can be guessed, a remembered place has answered. */
  private int search(long page) {
    long[] bounds = this.bounds;
    int base = 0;
    int length = count;
    while (length > 1) {
      int half = length >>> 1;
      base += half & (int) ((bounds[base + half - 1] - page) >> 63);
      length -= half;
    }
    return base + (length == 1 && bounds[base] < page ? 1 : 0);
  }

  // --- Questions --------------------------------------------------------------------------------

  private int upTo(long page) {
    asked = below(page + 1, asked);
    return asked;
  }

  @Override
  boolean contains(long page) {
    return isIn(upTo(page));
  }

  @Override
  long next(long page, boolean in) {
    int place = upTo(page);
    if (isIn(place) == in) {
      return page;
    }
    return place < count ? bounds[place] : end;
  }

  @Override
  long previous(long page, boolean in) {
    int place = upTo(page);
    if (isIn(place) == in) {
      return page;
    }
    return (place > 0 ? bounds[place - 1] : first) - 1;
  }

  @Override
  long count(long from, long to) {
    int place = below(from, asked);
    long sum = isIn(place) ? -from : 0;
    while (place < count && bounds[place] <= to) {
      sum += isIn(place) ? bounds[place] : -bounds[place];
      place++;
    }
    return isIn(place) ? sum + to : sum;
  }

  // --- Shapes -----------------------------------------------------------------------------------

  /** Makes room for more pieces. */
  void widen() {
    bounds = Arrays.copyOf(bounds, capacityFor(count));
    spanTo(end);
  }

  /** Adds a range behind all others; there is room for it. */
  void append(long from, long to) {
    bounds[count++] = from;
    bounds[count++] = to;
    pieces++;
    pages += to - from;
  }

  /** Returns the edge of a chunk inside its span that is closest to the middle of its ranges. */
  long middle() {
    long page = bounds[count >>> 1 & -2];
    int chunk =
        Math.clamp(limits.chunkOf(page), limits.chunkOf(first) + 1, limits.chunkOf(end) - 1);
    return limits.firstPageOf(chunk);
  }

  /** Takes all from a page on out of it into a new leaf, which is not linked to others yet. */
  RangeLeaf splitAt(long page) {
    int kept = search(page);
    boolean cut = isIn(kept) && bounds[kept] > page;
    int moved = kept + (isIn(kept) && !cut ? 1 : 0);
    var right = new RangeLeaf(limits, page, end, count - moved + 1);
    if (cut) {
      right.bounds[right.count++] = page;
    }
    System.arraycopy(bounds, moved, right.bounds, right.count, count - moved);
    right.count += count - moved;
    right.pieces = right.count >>> 1;
    right.pages = right.count(page, end);
    right.joined = cut;
    if (isIn(kept)) {
      bounds[kept++] = page;
    }
    count = kept;
    pieces = count >>> 1;
    pages -= right.pages;
    spanTo(page);
    return right;
  }

  /** Adds the ranges of the next leaf, whose span it takes over. */
  void takeOver(RangeLeaf right) {
    int joint = right.joined ? 1 : 0;
    int all = count + right.count - 2 * joint;
    bounds = Arrays.copyOf(bounds, capacityFor(all));
    System.arraycopy(right.bounds, joint, bounds, count - joint, right.count - joint);
    count = all;
    pieces = count >>> 1;
    pages += right.pages;
    spanTo(right.end);
  }

  @Override
  long heldBytes() {
    return HeapSize.LARGE_OBJECT + HeapSize.longs(bounds.length);
  }
}
