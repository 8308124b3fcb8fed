package dev.aerostat.tracker;

import java.util.Arrays;

/**
 * Disjoint runs of granules, found by a granule and known by a number from 1.
 *
 * <p>A run goes from its older end to its newer one in <em>blocks</em> of the same length, and
 * within each block the other way: drivers reverse each of their messages, and kernels hand out
 * large blocks from the top down and each of them from the bottom up. Blocks of 1 make a plain run,
 * inflated from one end to the other.
 *
 * <pre>
 *   granules of a run of three blocks of 3     20 21 22 | 23 24 25 | 26 27 28
 *   which of them was inflated first, ...       3  2  1 |  6  5  4 |  9  8  7
 *   its ends and its outermost granules        older   oldest   newest  newer
 *                                              end: 20     22       26  end: 28
 * </pre>
 */
final class GranuleRuns {
  static final int NONE = 0;

  private final int[] none = {};
  private int[] newerEnd = none;
  private int[] olderEnd = none;

  /** The length of a run's blocks. */
  private int[] block = none;

  /** The runs there are, by their granules. */
  private int[] ascending = none;

  private int count;

  /** The first of the numbers that no run has; each has the next as its newer end. */
  private int free = NONE;

  /** The run that {@link #room} is of. */
  int growing = NONE;

  /**
   * At least so many granules beyond the run's newer end are in no run; 0 once a run was set, which
   * may have taken over the number of one that was removed.
   */
  int room;

  /** Kept, not counted: it is asked for after each message. */
  private long heldBytes = HeapSize.OBJECT + 4 * HeapSize.ints(0);

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
    newerEnd = Arrays.copyOf(newerEnd, capacity + 1);
    olderEnd = Arrays.copyOf(olderEnd, capacity + 1);
    block = Arrays.copyOf(block, capacity + 1);
    ascending = Arrays.copyOf(ascending, capacity);
    heldBytes = HeapSize.OBJECT + 3 * HeapSize.ints(capacity + 1L) + HeapSize.ints(capacity);
    for (int run = capacity; run > count; run--) {
      release(run);
    }
  }

  private void release(int run) {
    newerEnd[run] = free;
    free = run;
  }

  void clear() {
    while (count > 0) {
      release(ascending[--count]);
    }
  }

  int newerEnd(int run) {
    return newerEnd[run];
  }

  int olderEnd(int run) {
    return olderEnd[run];
  }

  int block(int run) {
    return block[run];
  }

  int lowest(int run) {
    return Math.min(newerEnd[run], olderEnd[run]);
  }

  int highest(int run) {
    return Math.max(newerEnd[run], olderEnd[run]);
  }

  int length(int run) {
    return Math.abs(newerEnd[run] - olderEnd[run]) + 1;
  }

  /** Returns the run that has a granule, or {@link #NONE}. */
  int of(int granule) {
    int run = lastUpTo(granule);
    return run != NONE && highest(run) >= granule ? run : NONE;
  }

  /** Returns whether any run has one of some granules. */
  boolean intersect(int lowest, int highest) {
    int run = lastUpTo(highest);
    return run != NONE && highest(run) >= lowest;
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
  int add(int newer, int older, int blockLength) {
    int place = countUpTo(Math.min(newer, older));
    System.arraycopy(ascending, place, ascending, place + 1, count - place);
    int run = free;
    free = newerEnd[run];
    ascending[place] = run;
    count++;
    set(run, newer, older, blockLength);
    return run;
  }

  /** Changes a run, which still lies between the same others. A single block is a plain run. */
  void set(int run, int newer, int older, int blockLength) {
    room = 0;
    boolean single = Math.abs(newer - older) + 1 == blockLength;
    newerEnd[run] = single ? older : newer;
    olderEnd[run] = single ? newer : older;
    block[run] = single ? 1 : blockLength;
  }

  void remove(int run) {
    int place = countUpTo(lowest(run)) - 1;
    count--;
    System.arraycopy(ascending, place + 1, ascending, place, count - place);
    release(run);
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

  // --- The order in a run -----------------------------------------------------------------------

  /** Returns the newest granule of a block, where the next older block ends. */
  int newestOfBlock(int run, int granule) {
    int length = block[run];
    return length == 1 ? granule : granule - (granule - olderEnd[run]) % length;
  }

  /** Returns the oldest granule of a block, where the next newer block begins. */
  int oldestOfBlock(int run, int granule) {
    return newestOfBlock(run, granule) + (block[run] - 1) * step(run);
  }

  int newest(int run) {
    return newestOfBlock(run, newerEnd[run]);
  }

  int oldest(int run) {
    return oldestOfBlock(run, olderEnd[run]);
  }

  /** Returns the next older granule of a run after one that is not its oldest. */
  int olderThan(int run, int granule) {
    return granule == oldestOfBlock(run, granule)
        ? newestOfBlock(run, granule) - block[run] * step(run)
        : granule + step(run);
  }

  /** Returns 1 for a run that goes up from its older end to its newer one, else -1. */
  private int step(int run) {
    return newerEnd[run] < olderEnd[run] ? -1 : 1;
  }

  // --- Runs that go on --------------------------------------------------------------------------

  /**
   * Adds a granule to a run if it goes on where the run ends and {@link #findRoom} found room.
   *
   * @return whether it did
   */
  boolean grow(int run, int granule) {
    boolean grows = room > 0 && run == growing && granule == newerEnd[run] + step(run);
    if (grows) {
      newerEnd[run] = granule;
      room--;
    }
    return grows;
  }

  /**
   * Finds how far a run can grow before it meets another, or is as long as the blocks of an older
   * one, which it may then be joined with. A run of one granule goes neither up nor down yet.
   *
   * @param older the next older run, or {@link #NONE}
   */
  void findRoom(int run, int older) {
    int length = length(run);
    growing = run;
    room = block[run] == 1 && length > 1 ? distanceToNext(run) - 1 : 0;
    if (older != NONE && blockLength(older) > length) {
      room = Math.min(room, blockLength(older) - length - 1);
    }
  }

  private int distanceToNext(int run) {
    int place = countUpTo(lowest(run)) - 1 + step(run);
    if (place < 0 || place == count) {
      return Integer.MAX_VALUE;
    }
    int next = ascending[place];
    return step(run) > 0 ? lowest(next) - newerEnd[run] : newerEnd[run] - highest(next);
  }

  /** Adds newer granules to a run if it is plain and they go on where it ends. */
  boolean extend(int run, int newest, int oldest) {
    boolean goesOn = block[run] == 1 && goesOn(olderEnd[run], newerEnd[run], oldest, newest);
    if (goesOn) {
      newerEnd[run] = newest;
    }
    return goesOn;
  }

  /** Removes the next newer run and adds its granules to a run, if one run can be both. */
  boolean append(int newer, int run) {
    boolean plain = block[run] == 1 && block[newer] == 1;
    if (plain && goesOn(olderEnd[run], newerEnd[run], olderEnd[newer], newerEnd[newer])) {
      replace(run, newer, newerEnd[newer], olderEnd[run], 1);
      return true;
    }
    int length = blockLength(run);
    int first = firstBlockEnd(run);
    int next = firstBlockEnd(newer);
    int last = lastBlockEnd(newer);
    boolean goesOn =
        length > 1 && length == blockLength(newer) && goesOn(first, lastBlockEnd(run), next, last);
    if (goesOn) {
      replace(run, newer, last, first, length);
    }
    return goesOn;
  }

  private void replace(int run, int other, int newer, int older, int blockLength) {
    remove(other);
    set(run, newer, older, blockLength);
  }

  /** A plain run as a single block has its ends the other way round. */
  private int blockLength(int run) {
    return block[run] == 1 ? length(run) : block[run];
  }

  private int firstBlockEnd(int run) {
    return block[run] == 1 ? newerEnd[run] : olderEnd[run];
  }

  private int lastBlockEnd(int run) {
    return block[run] == 1 ? olderEnd[run] : newerEnd[run];
  }

  /** Returns whether two stretches lie side by side and go the same way, from older to newer. */
  private static boolean goesOn(int from, int to, int nextFrom, int nextTo) {
    int step = nextFrom - to;
    return (step == 1 || step == -1) && goesBy(step, from, to) && goesBy(step, nextFrom, nextTo);
  }

  private static boolean goesBy(int step, int from, int to) {
    return from == to || from < to == step > 0;
  }

  long heldBytes() {
    return heldBytes;
  }
}
