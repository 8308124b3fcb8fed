package dev.aerostat.mapper.sim;

import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A sparse set of page numbers: one bit a page in chunks that exist only where the set is neither
 * empty nor full. 16 million scattered pages take 2 MiB, a full guest of 16 TiB less than 8 MiB.
 *
 * <p>Not thread-safe.
 */
final class PageBitSet {
  static final long NONE = -1;

  private static final int CHUNK_SHIFT = 16;
  private static final int CHUNK_PAGES = 1 << CHUNK_SHIFT;
  private static final long[] ALL = allOnes();

  private final TreeMap<Long, Chunk> chunks = new TreeMap<>();
  private long size;

  long size() {
    return size;
  }

  /** Adds the pages {@code [first, end)} and returns how many were not there. */
  long add(long first, long end) {
    long added = 0;
    for (long from = first; from < end; from = nextChunk(from)) {
      Chunk chunk = chunks.computeIfAbsent(from >>> CHUNK_SHIFT, _ -> new Chunk());
      added += chunk.add(offset(from), endOffset(from, end));
    }
    size += added;
    return added;
  }

  /** Removes the pages {@code [first, end)} and returns how many were there. */
  long remove(long first, long end) {
    long removed = 0;
    for (var entries = chunksOf(first, end).entrySet().iterator(); entries.hasNext(); ) {
      Map.Entry<Long, Chunk> entry = entries.next();
      long from = Math.max(first, entry.getKey() << CHUNK_SHIFT);
      removed += entry.getValue().remove(offset(from), endOffset(from, end));
      if (entry.getValue().count == 0) {
        entries.remove();
      }
    }
    size -= removed;
    return removed;
  }

  void clear() {
    chunks.clear();
    size = 0;
  }

  boolean contains(long page) {
    return nextAbsent(page, page + 1) != page;
  }

  /** Finds the smallest page of the set in {@code [page, limit)}, or {@code limit}. */
  long next(long page, long limit) {
    if (page >= limit) {
      return limit;
    }
    for (Map.Entry<Long, Chunk> entry : chunksOf(page, limit).entrySet()) {
      long base = entry.getKey() << CHUNK_SHIFT;
      long from = Math.max(page, base);
      int to = endOffset(from, limit);
      int found = entry.getValue().next(offset(from), to);
      if (found < to) {
        return base + found;
      }
    }
    return limit;
  }

  /** Finds the smallest page from {@code page} on that is not in the set, at most {@code limit}. */
  long nextAbsent(long page, long limit) {
    long from = page;
    while (from < limit) {
      Chunk chunk = chunks.get(from >>> CHUNK_SHIFT);
      if (chunk == null) {
        return from;
      }
      int found = chunk.nextAbsent(offset(from));
      if (found < CHUNK_PAGES) {
        return Math.min(limit, from - offset(from) + found);
      }
      from = nextChunk(from);
    }
    return limit;
  }

  /** Finds the largest page of the set that is at most {@code page}, or {@link #NONE}. */
  long previous(long page) {
    Map.Entry<Long, Chunk> entry = chunks.floorEntry(page >>> CHUNK_SHIFT);
    while (entry != null) {
      long base = entry.getKey() << CHUNK_SHIFT;
      int found = entry.getValue().previous((int) Math.min(CHUNK_PAGES - 1, page - base));
      if (found >= 0) {
        return base + found;
      }
      entry = chunks.lowerEntry(entry.getKey());
    }
    return NONE;
  }

  private SortedMap<Long, Chunk> chunksOf(long first, long end) {
    return chunks.subMap(first >>> CHUNK_SHIFT, true, (end - 1) >>> CHUNK_SHIFT, true);
  }

  private static int offset(long page) {
    return (int) (page & (CHUNK_PAGES - 1));
  }

  private static int endOffset(long from, long end) {
    return (int) (Math.min(end, nextChunk(from)) - (from - offset(from)));
  }

  private static long nextChunk(long page) {
    return ((page >>> CHUNK_SHIFT) + 1) << CHUNK_SHIFT;
  }

  private static long[] allOnes() {
    long[] words = new long[CHUNK_PAGES / Long.SIZE];
    Arrays.fill(words, -1L);
    return words;
  }

  /** The bits of one chunk. All full chunks share one array, which is never written. */
  private static final class Chunk {
    private static final long[] UNALLOCATED = {};

    private long[] words = UNALLOCATED;
    private int count;

    int add(int from, int to) {
      if (to - from == CHUNK_PAGES || count == CHUNK_PAGES) {
        int added = CHUNK_PAGES - count;
        fill();
        return added;
      }
      if (words.length == 0) {
        words = new long[ALL.length];
      }
      int before = count;
      for (int word = from >>> 6; word <= (to - 1) >>> 6; word++) {
        long bits = mask(word, from, to) & ~words[word];
        words[word] |= bits;
        count += Long.bitCount(bits);
      }
      int added = count - before;
      if (count == CHUNK_PAGES) {
        fill();
      }
      return added;
    }

    int remove(int from, int to) {
      if (count == CHUNK_PAGES) {
        words = ALL.clone();
      }
      int before = count;
      for (int word = from >>> 6; word <= (to - 1) >>> 6; word++) {
        long bits = mask(word, from, to) & words[word];
        words[word] &= ~bits;
        count -= Long.bitCount(bits);
      }
      return before - count;
    }

    private void fill() {
      count = CHUNK_PAGES;
      words = ALL;
    }

    int next(int from, int to) {
      for (int word = from >>> 6; word <= (to - 1) >>> 6; word++) {
        long bits = words[word] & mask(word, from, to);
        if (bits != 0) {
          return (word << 6) + Long.numberOfTrailingZeros(bits);
        }
      }
      return to;
    }

    int nextAbsent(int from) {
      if (count == CHUNK_PAGES) {
        return CHUNK_PAGES;
      }
      for (int word = from >>> 6; word < words.length; word++) {
        long bits = ~words[word] & mask(word, from, CHUNK_PAGES);
        if (bits != 0) {
          return (word << 6) + Long.numberOfTrailingZeros(bits);
        }
      }
      return CHUNK_PAGES;
    }

    int previous(int from) {
      for (int word = from >>> 6; word >= 0; word--) {
        long bits = words[word] & mask(word, 0, from + 1);
        if (bits != 0) {
          return (word << 6) + Long.SIZE - 1 - Long.numberOfLeadingZeros(bits);
        }
      }
      return -1;
    }

    /** The bits of one word that stand for pages in {@code [from, to)}. */
    private static long mask(int word, int from, int to) {
      int base = word << 6;
      long mask = from > base ? -1L << (from - base) : -1L;
      return to < base + Long.SIZE ? mask & ~(-1L << (to - base)) : mask;
    }
  }
}
