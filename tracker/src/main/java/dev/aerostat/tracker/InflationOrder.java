package dev.aerostat.tracker;

import dev.aerostat.api.BalloonTracker;
import java.util.Arrays;

/**
 * Granules by when they were last inflated into: a doubly linked list over their indexes, 8 bytes a
 * granule whether it is in the list or not. Both links of a granule share a cache line.
 */
final class InflationOrder {
  private static final int NONE = BalloonTracker.NONE;

  /** No link of a granule in the list looks like this: {@link #NONE} is the least there is. */
  private static final long ABSENT = link(Integer.MIN_VALUE, Integer.MIN_VALUE);

  private final long[] links;
  private int newest = NONE;

  InflationOrder(int granules) {
    links = new long[granules];
    Arrays.fill(links, ABSENT);
  }

  int newest() {
    return newest;
  }

  boolean contains(int granule) {
    return granule >= 0 && granule < links.length && links[granule] != ABSENT;
  }

  /** Gives the one before a granule that is in the list. */
  int olderThan(int granule) {
    return older(links[granule]);
  }

  /** Makes a granule the newest, whether it was in the list or not. */
  void touch(int granule) {
    if (granule == newest) {
      return;
    }
    remove(granule);
    links[granule] = link(NONE, newest);
    if (newest != NONE) {
      links[newest] = link(granule, older(links[newest]));
    }
    newest = granule;
  }

  /** Takes a granule out of the list if it is in it. */
  void remove(int granule) {
    long link = links[granule];
    if (link == ABSENT) {
      return;
    }
    int newer = newer(link);
    int older = older(link);
    if (newer == NONE) {
      newest = older;
    } else {
      links[newer] = link(newer(links[newer]), older);
    }
    if (older != NONE) {
      links[older] = link(newer, older(links[older]));
    }
    links[granule] = ABSENT;
  }

  void clear() {
    Arrays.fill(links, ABSENT);
    newest = NONE;
  }

  long heldBytes() {
    return HeapSize.OBJECT + HeapSize.longs(links.length);
  }

  private static long link(int newer, int older) {
    return ((long) newer << 32) | (older & 0xFFFF_FFFFL);
  }

  private static int newer(long link) {
    return (int) (link >> 32);
  }

  private static int older(long link) {
    return (int) link;
  }
}
