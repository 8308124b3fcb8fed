package dev.aerostat.tracker;

import dev.aerostat.api.BalloonTracker;

/**
 * Granules by when they were last inflated into: a ring of links between their indexes, 8 bytes a
 * granule whether it is in the ring or not. The ring begins and ends at an index of its own, and a
 * granule that is not in it is linked to itself, so that to move one takes no decision.
 */
final class InflationOrder {
  /** Two links each, and the seam's: as many as an array has room for. */
  private static final int MOST = (Integer.MAX_VALUE - 8) / 2 - 1;

  /** At twice an index: the next older one; after it: the next newer one. */
  private final int[] links;

  /** The index that no granule has: between the oldest and the newest. */
  private final int seam;

  InflationOrder(int granules) {
    if (granules > MOST) {
      throw new IllegalArgumentException(
          "an order of %d granules: expected at most %d; use larger granules"
              .formatted(granules, MOST));
    }
    seam = granules;
    links = new int[2 * (granules + 1)];
    for (int index = 0; index <= seam; index++) {
      link(index, index);
    }
  }

  int newest() {
    return granuleAt(links[2 * seam]);
  }

  /** Returns the one before a granule that is in the order. */
  int olderThan(int granule) {
    return granuleAt(links[2 * granule]);
  }

  private int granuleAt(int index) {
    return index == seam ? BalloonTracker.NONE : index;
  }

  /** Makes a granule the newest, whether it was in the order or not. */
  void touch(int granule) {
    int newest = links[2 * seam];
    if (granule != newest) {
      unlink(granule);
      link(granule, newest);
      link(seam, granule);
    }
  }

  /** Takes a granule out of the order if it is in it. */
  void remove(int granule) {
    unlink(granule);
    link(granule, granule);
  }

  private void unlink(int granule) {
    link(links[2 * granule + 1], links[2 * granule]);
  }

  private void link(int newer, int older) {
    links[2 * newer] = older;
    links[2 * older + 1] = newer;
  }

  /** Takes out all that are in it, and touches no other. */
  void clear() {
    for (int granule = newest(); granule != BalloonTracker.NONE; granule = newest()) {
      remove(granule);
    }
  }

  long heldBytes() {
    return HeapSize.OBJECT + HeapSize.ints(links.length);
  }
}
