package dev.aerostat.observer;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * How far guest and device have come in one split ring (virtio 1.2, sections 2.7.6 and 2.7.8), both
 * at the same moment.
 *
 * <p>The guest and the device go on while their indexes are read. Were the used index read after
 * the available one, a message could be offered and returned in between, and what was returned
 * would seem never to have been offered.
 */
final class RingIndexes {
  private static final int INDEX = 2;

  /** A device that counts without end must not keep who looks on. */
  private static final int TRIES = 100;

  private final MemorySegment availableRing;
  private final MemorySegment usedRing;
  private int available;
  private int used;

  RingIndexes(MemorySegment availableRing, MemorySegment usedRing) {
    this.availableRing = availableRing;
    this.usedRing = usedRing;
  }

  /**
   * Reads the indexes of rings that one guest uses at once: none was offered because of a return
   * that is not seen, and none returned whose offer is not seen.
   */
  static void read(List<RingIndexes> rings) {
    readUsed(rings);
    int tries = 0;
    do {
      VarHandle.acquireFence();
      for (RingIndexes ring : rings) {
        ring.available = GuestBytes.u16(ring.availableRing, INDEX);
      }
      VarHandle.acquireFence();
    } while (readUsed(rings) && ++tries < TRIES);
  }

  /** Returns whether any used index has changed. */
  private static boolean readUsed(List<RingIndexes> rings) {
    boolean changed = false;
    for (RingIndexes ring : rings) {
      int read = GuestBytes.u16(ring.usedRing, INDEX);
      changed |= read != ring.used;
      ring.used = read;
    }
    return changed;
  }

  /** Returns the available index, 0 to 65,535. */
  int available() {
    return available;
  }

  /** Returns the used index, 0 to 65,535. */
  int used() {
    return used;
  }
}
