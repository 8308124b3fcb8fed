package dev.aerostat.tracker;

import java.util.Arrays;

/**
 * Disjoint runs of granules, each inflated from one end to the other: found by a granule, and known
 * by a number from 1.
 */
final class GranuleRuns {
  static final int NONE = 0;

  private final int[] none = {};
  private int[] newest = none;
  private int[] oldest = none;

  /** The runs there are, by their granules. */
  private int[] ascending = none;

  private int count;

  /** The first of the numbers that no run has; each has the next as its newest granule. */
  private int free = NONE;

  int count() {
    return count;
  }

  /** Returns how many runs there can be before another needs room. */
  int capacity() {
    return ascending.length;
  }

  boolean isFull() {
    return count == ascending.length;
  }

  void makeRoom() {
    int capacity = Math.max(4, 2 * count);
    newest = Arrays.copyOf(newest, capacity + 1);
    oldest = Arrays.copyOf(oldest, capacity + 1);
    ascending = Arrays.copyOf(ascending, capacity);
    for (int run = capacity; run > count; run--) {
      release(run);
    }
  }

  private void release(int run) {
    newest[run] = free;
    free = run;
  }

  void clear() {
    while (count > 0) {
      release(ascending[--count]);
    }
  }

  int newest(int run) {
    return newest[run];
  }

  int oldest(int run) {
    return oldest[run];
  }

  int lowest(int run) {
    return Math.min(newest[run], oldest[run]);
  }

  int highest(int run) {
    return Math.max(newest[run], oldest[run]);
  }

  int length(int run) {
    return Math.abs(newest[run] - oldest[run]) + 1;
  }

  /** Returns the run that has a granule, or {@link #NONE}. */
  int of(int granule) {
    int run = lastUpTo(granule);
    return run != NONE && highest(run) >= granule ? run : NONE;
  }

  /** Returns the run with the highest granules among those that begin at one or below it. */
  int lastUpTo(int granule) {
    int place = countUpTo(granule);
    return place == 0 ? NONE : ascending[place - 1];
  }

  private int countUpTo(int granule) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (lowest(ascending[middle]) <= granule) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Adds a run of granules that no other has; there is room for it. */
  int add(int newestGranule, int oldestGranule) {
    int place = countUpTo(Math.min(newestGranule, oldestGranule));
    System.arraycopy(ascending, place, ascending, place + 1, count - place);
    int run = free;
    free = newest[run];
    ascending[place] = run;
    count++;
    set(run, newestGranule, oldestGranule);
    return run;
  }

  /** Changes the ends of a run; it still lies between the same others. */
  void set(int run, int newestGranule, int oldestGranule) {
    newest[run] = newestGranule;
    oldest[run] = oldestGranule;
  }

  void remove(int run) {
    int place = countUpTo(lowest(run)) - 1;
    count--;
    System.arraycopy(ascending, place + 1, ascending, place, count - place);
    release(run);
  }

  /** Returns whether granules that were inflated after a run go on where it ends. */
  boolean continues(int newestGranule, int oldestGranule, int run) {
    int step = newest[run] - oldestGranule;
    return (step == 1 || step == -1)
        && (newestGranule == oldestGranule || newestGranule < oldestGranule == step > 0)
        && (newest[run] == oldest[run] || newest[run] < oldest[run] == step > 0);
  }

  /** Returns the run with the fewest granules that is not one. */
  int shortestBut(int other) {
    int shortest = NONE;
    for (int place = 0; place < count; place++) {
      int run = ascending[place];
      if (run != other && (shortest == NONE || length(run) < length(shortest))) {
        shortest = run;
      }
    }
    return shortest;
  }

  long heldBytes() {
    return HeapSize.OBJECT
        + HeapSize.ints(newest.length)
        + HeapSize.ints(oldest.length)
        + HeapSize.ints(ascending.length);
  }
}
