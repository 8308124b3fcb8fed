package dev.aerostat.observer;

import java.util.Arrays;

/**
 * A set of pages, a bit each, that knows its size. Where 32,768 neighbours are all in or all out
 * they share one chunk, so that a guest of terabytes costs what is mixed in it. Not thread-safe.
 */
final class SparsePageSet {
  private static final int CHUNK_SHIFT = 15;
  private static final int CHUNK_PAGES = 1 << CHUNK_SHIFT;
  private static final long[] EMPTY = new long[CHUNK_PAGES / Long.SIZE];
  private static final long[] FULL = new long[CHUNK_PAGES / Long.SIZE];

  static {
    Arrays.fill(FULL, -1L);
  }

  private final long[][] chunks;
  private final int[] counts;
  private long count;

  /** Creates an empty set of pages from 0 to {@code capacity}, exclusive. */
  SparsePageSet(long capacity) {
    chunks = new long[(int) ((capacity + CHUNK_PAGES - 1) >>> CHUNK_SHIFT)][];
    Arrays.fill(chunks, EMPTY);
    counts = new int[chunks.length];
  }

  long count() {
    return count;
  }

  boolean contains(long page) {
    long word = chunks[(int) (page >>> CHUNK_SHIFT)][wordOf(page)];
    return (word >>> page & 1) != 0;
  }

  /** Returns the number of pages in {@code [first, end)} that were not in the set before. */
  long add(long first, long end) {
    return assign(first, end, true);
  }

  /** Returns the number of pages in {@code [first, end)} that were in the set before. */
  long remove(long first, long end) {
    return assign(first, end, false);
  }

  /** Returns the first page of {@code [first, end)} that is in the set, else {@code end}. */
  long nextIn(long first, long end) {
    return next(first, end, 0, 0);
  }

  /** Returns the first page of {@code [first, end)} that is not in the set, else {@code end}. */
  long nextOut(long first, long end) {
    return next(first, end, CHUNK_PAGES, -1);
  }

  /** Counts the pages of {@code [first, end)} that are in the set. */
  long countIn(long first, long end) {
    long found = 0;
    long in = nextIn(first, end);
    while (in < end) {
      long out = nextOut(in, end);
      found += out - in;
      in = nextIn(out, end);
    }
    return found;
  }

  private long next(long first, long end, int barrenCount, long flip) {
    long page = first;
    while (page < end) {
      int chunk = (int) (page >>> CHUNK_SHIFT);
      if (counts[chunk] == barrenCount) {
        page = (page | (CHUNK_PAGES - 1)) + 1;
      } else {
        long candidates = (chunks[chunk][wordOf(page)] ^ flip) & (-1L << page);
        if (candidates != 0) {
          return Math.min(end, (page & -Long.SIZE) + Long.numberOfTrailingZeros(candidates));
        }
        page = (page | (Long.SIZE - 1)) + 1;
      }
    }
    return end;
  }

  private long assign(long first, long end, boolean in) {
    long changed = 0;
    for (long page = first; page < end; ) {
      int chunk = (int) (page >>> CHUNK_SHIFT);
      long stop = Math.min(end, (page | (CHUNK_PAGES - 1)) + 1);
      changed +=
          stop - page == CHUNK_PAGES ? assignChunk(chunk, in) : assignPart(chunk, page, stop, in);
      page = stop;
    }
    count += in ? changed : -changed;
    return changed;
  }

  private int assignChunk(int chunk, boolean in) {
    int changed = in ? CHUNK_PAGES - counts[chunk] : counts[chunk];
    chunks[chunk] = in ? FULL : EMPTY;
    counts[chunk] = in ? CHUNK_PAGES : 0;
    return changed;
  }

  private int assignPart(int chunk, long first, long end, boolean in) {
    if (counts[chunk] == (in ? CHUNK_PAGES : 0)) {
      return 0;
    }
    long[] words = writable(chunk);
    int changed = 0;
    int last = wordOf(end - 1);
    long mask = -1L << first;
    for (int word = wordOf(first); word <= last; word++) {
      if (word == last) {
        mask &= -1L >>> -end;
      }
      long before = words[word];
      long after = in ? before | mask : before & ~mask;
      words[word] = after;
      changed += Long.bitCount(before ^ after);
      mask = -1L;
    }
    shareIfUniform(chunk, counts[chunk] + (in ? changed : -changed));
    return changed;
  }

  private long[] writable(int chunk) {
    if (counts[chunk] == 0 || counts[chunk] == CHUNK_PAGES) {
      chunks[chunk] = chunks[chunk].clone();
    }
    return chunks[chunk];
  }

  private void shareIfUniform(int chunk, int newCount) {
    counts[chunk] = newCount;
    if (newCount == 0) {
      chunks[chunk] = EMPTY;
    } else if (newCount == CHUNK_PAGES) {
      chunks[chunk] = FULL;
    }
  }

  private static int wordOf(long page) {
    return (int) (page & (CHUNK_PAGES - 1)) >>> 6;
  }
}
