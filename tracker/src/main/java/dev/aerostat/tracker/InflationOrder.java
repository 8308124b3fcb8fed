package dev.aerostat.tracker;

import dev.aerostat.api.BalloonTracker;
import java.util.Arrays;

/**
 * Granules by when they were last inflated into: a doubly linked list over their indexes, in two
 * arrays, so 8 bytes a granule whether it is in the list or not.
 */
final class InflationOrder {
  private static final int NONE = BalloonTracker.NONE;
  private static final int ABSENT = -2;

  private final int[] newer;
  private final int[] older;
  private int newest = NONE;

  InflationOrder(int granules) {
    newer = new int[granules];
    older = new int[granules];
    Arrays.fill(newer, ABSENT);
  }

  int newest() {
    return newest;
  }

  boolean contains(int granule) {
    return granule >= 0 && granule < newer.length && newer[granule] != ABSENT;
  }

  /** Gives the one before a granule that is in the list. */
  int olderThan(int granule) {
    return older[granule];
  }

  /** Makes a granule the newest, whether it was in the list or not. */
  void touch(int granule) {
    if (granule == newest) {
      return;
    }
    remove(granule);
    newer[granule] = NONE;
    older[granule] = newest;
    if (newest != NONE) {
      newer[newest] = granule;
    }
    newest = granule;
  }

  /** Takes a granule out of the list if it is in it. */
  void remove(int granule) {
    int next = newer[granule];
    if (next == ABSENT) {
      return;
    }
    int previous = older[granule];
    if (next == NONE) {
      newest = previous;
    } else {
      older[next] = previous;
    }
    if (previous != NONE) {
      newer[previous] = next;
    }
    newer[granule] = ABSENT;
  }

  void clear() {
    Arrays.fill(newer, ABSENT);
    newest = NONE;
  }

  long heldBytes() {
    return HeapSize.OBJECT + HeapSize.ints(newer.length) + HeapSize.ints(older.length);
  }
}
