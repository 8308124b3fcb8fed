package dev.aerostat.engine.core;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import java.util.Arrays;

/**
 * The state of each granule, a byte each, and what the gate asks of them.
 *
 * <p>A granule is <em>blocking</em> if it is not mapped, not wholly ballooned and not pluggable, as
 * those of a virtio-mem device are: a device could be told to do DMA to it. The count of those is
 * kept only while the gate needs it; {@link #recountBlocking} starts it afresh.
 *
 * <p>The bytes are in parts of {@value #PART_GRANULES} granules. All parts whose bytes are all
 * alike are one array, so a guest that is not mapped yet, and one that is mapped wholly, cost next
 * to nothing:
 *
 * <pre>
 *   ALL_UNMAPPED ──▶ bytes of its own, once one of its granules changes
 *                          │
 *                          ▼ once its last granule is mapped
 *                    ALL_MAPPED ──▶ ALL_UNMAPPING, at the end
 * </pre>
 *
 * <p>A mapped granule has no bit but its state, and stays mapped until the end: so a part has bytes
 * of its own once.
 */
final class GranuleTable {
  static final int UNMAPPED = 0;
  static final int MAPPING = 1;
  static final int MAPPED = 2;
  static final int UNMAPPING = 3;

  private static final int STATE_MASK = 3;
  private static final int WHOLLY_BALLOONED = 4;
  private static final int BACKING_OFF = 8;
  private static final int UNSURE = 16;

  private static final int PART_SHIFT = 12;
  private static final int PART_GRANULES = 1 << PART_SHIFT;

  // Shared by all engines: nothing is ever written to them.
  private static final byte[] ALL_UNMAPPED = all(UNMAPPED);
  private static final byte[] ALL_MAPPED = all(MAPPED);
  private static final byte[] ALL_UNMAPPING = all(UNMAPPING);

  private final Granules granules;
  private final BalloonTracker tracker;
  private final PlugPlan pluggable;
  private final long bootPages;
  private final int count;
  private final byte[][] parts;
  private final short[] unmappedIn;
  private final short[] whollyBalloonedIn;
  private int mapped;
  private long mappedPages;
  private int pluggableMapped;
  private long pluggableMappedPages;
  private int blocking;

  GranuleTable(Granules granules, BalloonTracker tracker) {
    this(granules, tracker, PlugPlan.NONE);
  }

  GranuleTable(Granules granules, BalloonTracker tracker, PlugPlan pluggable) {
    this.granules = granules;
    this.tracker = tracker;
    this.pluggable = pluggable;
    this.bootPages = granules.memory().pages() - pluggable.pages(granules);
    this.count = granules.count();
    this.parts = new byte[((count - 1) >>> PART_SHIFT) + 1][];
    this.unmappedIn = new short[parts.length];
    this.whollyBalloonedIn = new short[parts.length];
    this.blocking = count - pluggable.count();
    Arrays.fill(parts, ALL_UNMAPPED);
    for (int part = 0; part < parts.length; part++) {
      unmappedIn[part] = (short) (end(part) - first(part));
    }
  }

  private static byte[] all(int state) {
    byte[] bits = new byte[PART_GRANULES];
    Arrays.fill(bits, (byte) state);
    return bits;
  }

  int state(int granule) {
    return bits(granule) & STATE_MASK;
  }

  boolean isMapped(int granule) {
    return state(granule) == MAPPED;
  }

  boolean allMapped() {
    return mapped == count;
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

  boolean isPluggable(int granule) {
    return pluggable.contains(granule);
  }

  /** Returns the mapped pages of what is pluggable. */
  long pluggableMappedPages() {
    return pluggableMappedPages;
  }

  /** Returns the unmapped pages of all else: the guest's own, or ballooned. */
  long bootUnmappedPages() {
    return bootPages - mappedPages + pluggableMappedPages;
  }

  /** Returns whether all that is not pluggable is mapped. */
  boolean bootMapped() {
    return mapped - pluggableMapped == count - pluggable.count();
  }

  int blocking() {
    return blocking;
  }

  boolean isBackingOff(int granule) {
    return (bits(granule) & BACKING_OFF) != 0;
  }

  /** Returns whether a map of the granule may begin now. */
  boolean isIdle(int granule) {
    return (bits(granule) & (STATE_MASK | BACKING_OFF)) == UNMAPPED;
  }

  /**
   * Returns whether a granule must be unmapped before it is mapped: it is mapped in part, wholly or
   * not at all, for its last refusal did not say.
   */
  boolean isUnsure(int granule) {
    return (bits(granule) & UNSURE) != 0;
  }

  boolean isWhollyBallooned(int granule) {
    return tracker.containsAll(granules.firstPage(granule), granules.endPage(granule));
  }

  void beginMapping(int granule) {
    require(granule, UNMAPPED);
    setState(granule, MAPPING);
  }

  void mapped(int granule) {
    require(granule, MAPPING);
    long pages = granules.endPage(granule) - granules.firstPage(granule);
    if (pluggable.contains(granule)) {
      pluggableMapped++;
      pluggableMappedPages += pages;
    } else if ((bits(granule) & WHOLLY_BALLOONED) == 0) {
      blocking--;
    } else {
      whollyBalloonedIn[granule >>> PART_SHIFT]--;
    }
    setMapped(granule);
    mapped++;
    mappedPages += pages;
  }

  private void setMapped(int granule) {
    int part = granule >>> PART_SHIFT;
    unmappedIn[part]--;
    if (unmappedIn[part] == 0) {
      parts[part] = ALL_MAPPED;
    } else {
      setBits(granule, MAPPED);
    }
  }

  void mapFailed(int granule) {
    require(granule, MAPPING);
    setBits(granule, (bits(granule) & ~STATE_MASK) | UNMAPPED | BACKING_OFF);
  }

  void setUnsure(int granule, boolean unsure) {
    require(granule, MAPPING);
    setBits(granule, unsure ? bits(granule) | UNSURE : bits(granule) & ~UNSURE);
  }

  void backOffEnded(int granule) {
    if (isBackingOff(granule)) {
      setBits(granule, bits(granule) & ~BACKING_OFF);
    }
  }

  void beginUnmappingAll() {
    for (int part = 0; part < parts.length; part++) {
      if (isAll(part, ALL_MAPPED)) {
        parts[part] = ALL_UNMAPPING;
      } else if (!isAll(part, ALL_UNMAPPED)) {
        beginUnmapping(part);
      }
    }
  }

  private void beginUnmapping(int part) {
    for (int granule = first(part); granule < end(part); granule++) {
      if (isMapped(granule)) {
        setState(granule, UNMAPPING);
      }
    }
  }

  /** Called when pages of the granule were inflated. */
  void inflated(int granule) {
    if ((bits(granule) & WHOLLY_BALLOONED) == 0
        && !isMapped(granule)
        && isWhollyBallooned(granule)) {
      setWhollyBallooned(granule);
      blocking--;
    }
  }

  /** Called when pages of the granule were deflated. */
  void deflated(int granule) {
    if ((bits(granule) & WHOLLY_BALLOONED) != 0) {
      clearWhollyBallooned(granule);
      blocking++;
    }
  }

  /** Counts afresh after a reset, which left nothing ballooned, without a look-up. */
  void balloonEmptied() {
    blocking = count - pluggable.count() - (mapped - pluggableMapped);
    for (int part = 0; part < parts.length; part++) {
      forgetBallooned(part);
    }
  }

  private void forgetBallooned(int part) {
    for (int granule = first(part); whollyBalloonedIn[part] > 0; granule++) {
      if ((bits(granule) & WHOLLY_BALLOONED) != 0) {
        clearWhollyBallooned(granule);
      }
    }
  }

  void recountBlocking() {
    balloonEmptied();
    for (int part = 0; part < parts.length; part++) {
      if (!isAll(part, ALL_MAPPED)) {
        recountBlocking(part);
      }
    }
  }

  private void recountBlocking(int part) {
    for (int granule = first(part); granule < end(part); granule++) {
      inflated(granule);
    }
  }

  private int first(int part) {
    return part << PART_SHIFT;
  }

  private int end(int part) {
    return Math.min(count, (part + 1) << PART_SHIFT);
  }

  private int bits(int granule) {
    return parts[granule >>> PART_SHIFT][granule & (PART_GRANULES - 1)];
  }

  private void setState(int granule, int state) {
    setBits(granule, (bits(granule) & ~STATE_MASK) | state);
  }

  private void setWhollyBallooned(int granule) {
    setBits(granule, bits(granule) | WHOLLY_BALLOONED);
    whollyBalloonedIn[granule >>> PART_SHIFT]++;
  }

  private void clearWhollyBallooned(int granule) {
    setBits(granule, bits(granule) & ~WHOLLY_BALLOONED);
    whollyBalloonedIn[granule >>> PART_SHIFT]--;
  }

  private void setBits(int granule, int bits) {
    int part = granule >>> PART_SHIFT;
    if (isAll(part, ALL_UNMAPPED) || isAll(part, ALL_MAPPED) || isAll(part, ALL_UNMAPPING)) {
      parts[part] = parts[part].clone();
    }
    parts[part][granule & (PART_GRANULES - 1)] = (byte) bits;
  }

  @SuppressWarnings("ReferenceEquality") // Which array it is counts, not what is in it.
  private boolean isAll(int part, byte[] shared) {
    return parts[part] == shared;
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
