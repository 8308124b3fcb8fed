package dev.aerostat.observer;

import java.util.Arrays;

/** Runs of pages in the order they were named, neighbours merged whichever way they run. */
final class PageRuns {
  private long[] bounds = new long[8];
  private int size;
  private long pages;

  void clear() {
    size = 0;
    pages = 0;
  }

  void add(long first, long end) {
    pages += end - first;
    if (size > 0 && bounds[size - 1] == first) {
      bounds[size - 1] = end;
    } else if (size > 0 && bounds[size - 2] == end) {
      bounds[size - 2] = first;
    } else {
      if (size == bounds.length) {
        bounds = Arrays.copyOf(bounds, size * 2);
      }
      bounds[size++] = first;
      bounds[size++] = end;
    }
  }

  int count() {
    return size / 2;
  }

  long first(int run) {
    return bounds[2 * run];
  }

  long end(int run) {
    return bounds[2 * run + 1];
  }

  /** Counts the pages as often as they were named. */
  long pages() {
    return pages;
  }
}
