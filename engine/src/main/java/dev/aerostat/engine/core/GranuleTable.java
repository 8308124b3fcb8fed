package dev.aerostat.engine.core;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;

/**
 * The state of each granule, a byte each, and what the gate asks of them.
 *
 * <p>A granule is <em>blocking</em> if it is not mapped and not wholly ballooned: a device could be
 * told to do DMA to it. The count of those is kept only while the gate needs it; {@link
 * #recountBlocking} starts it afresh.
 */
final class GranuleTable {
  static final int UNMAPPED = 0;
  static final int MAPPING = 1;
  static final int MAPPED = 2;
  static final int UNMAPPING = 3;

  private static final int STATE_MASK = 3;
  private static final int WHOLLY_BALLOONED = 4;
  private static final int BACKING_OFF = 8;

  private final Granules granules;
  private final BalloonTracker tracker;
  private final byte[] bits;
  private int mapped;
  private long mappedPages;
  private int blocking;

  GranuleTable(Granules granules, BalloonTracker tracker) {
    this.granules = granules;
    this.tracker = tracker;
    this.bits = new byte[granules.count()];
    this.blocking = bits.length;
  }

  int state(int granule) {
    return bits[granule] & STATE_MASK;
  }

  boolean isMapped(int granule) {
    return state(granule) == MAPPED;
  }

  boolean allMapped() {
    return mapped == bits.length;
  }

  int mapped() {
    return mapped;
  }

  long mappedPages() {
    return mappedPages;
  }

  long unmappedPages() {
    return granules.memory().pages() - mappedPages;
  }

  int blocking() {
    return blocking;
  }

  boolean isBackingOff(int granule) {
    return (bits[granule] & BACKING_OFF) != 0;
  }

  /** Says whether a map of the granule may begin now. */
  boolean isIdle(int granule) {
    return (bits[granule] & (STATE_MASK | BACKING_OFF)) == UNMAPPED;
  }

  boolean isWhollyBallooned(int granule) {
    return tracker.containsAll(granules.firstPage(granule), granules.endPage(granule));
  }

  void beginMapping(int granule) {
    require(granule, UNMAPPED);
    set(granule, MAPPING);
  }

  void mapped(int granule) {
    require(granule, MAPPING);
    set(granule, MAPPED);
    mapped++;
    mappedPages += granules.endPage(granule) - granules.firstPage(granule);
    if ((bits[granule] & WHOLLY_BALLOONED) == 0) {
      blocking--;
    }
  }

  void mapFailed(int granule) {
    require(granule, MAPPING);
    set(granule, UNMAPPED);
    bits[granule] |= BACKING_OFF;
  }

  void backOffEnded(int granule) {
    bits[granule] &= ~BACKING_OFF;
  }

  void beginUnmappingAll() {
    for (int granule = 0; granule < bits.length; granule++) {
      if (isMapped(granule)) {
        set(granule, UNMAPPING);
      }
    }
  }

  /** Takes note that pages of the granule were inflated. */
  void inflated(int granule) {
    if ((bits[granule] & WHOLLY_BALLOONED) == 0
        && !isMapped(granule)
        && isWhollyBallooned(granule)) {
      bits[granule] |= WHOLLY_BALLOONED;
      blocking--;
    }
  }

  /** Takes note that pages of the granule were deflated. */
  void deflated(int granule) {
    if ((bits[granule] & WHOLLY_BALLOONED) != 0) {
      bits[granule] &= ~WHOLLY_BALLOONED;
      if (!isMapped(granule)) {
        blocking++;
      }
    }
  }

  /**
   * Counts afresh after a reset, which left nothing ballooned: a pass over the bytes, no look-ups.
   */
  void balloonEmptied() {
    blocking = bits.length - mapped;
    for (int granule = 0; granule < bits.length; granule++) {
      bits[granule] &= ~WHOLLY_BALLOONED;
    }
  }

  void recountBlocking() {
    blocking = 0;
    for (int granule = 0; granule < bits.length; granule++) {
      bits[granule] &= ~WHOLLY_BALLOONED;
      if (!isMapped(granule)) {
        if (isWhollyBallooned(granule)) {
          bits[granule] |= WHOLLY_BALLOONED;
        } else {
          blocking++;
        }
      }
    }
  }

  private void set(int granule, int state) {
    bits[granule] = (byte) ((bits[granule] & ~STATE_MASK) | state);
  }

  private void require(int granule, int expected) {
    if (state(granule) != expected) {
      throw new BrokenRuleException(
          7,
          Invariants.ONE_STATE,
          "granule %d %s is in state %d, expected %d"
              .formatted(granule, granules.range(granule), state(granule), expected));
    }
  }
}
