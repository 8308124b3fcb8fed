package dev.aerostat.mem.virtio.device;

import java.util.BitSet;

/** Which blocks of the region the guest has. Used by the event thread only. */
final class PluggedBlocks {
  private final BitSet plugged = new BitSet();
  private int count;

  /** Returns how many there are. */
  int count() {
    return count;
  }

  boolean all(int first, int end) {
    for (int block = first; block < end; block++) {
      if (!plugged.get(block)) {
        return false;
      }
    }
    return true;
  }

  boolean none(int first, int end) {
    // Not nextSetBit: that may read all of the region, for a request of one block.
    for (int block = first; block < end; block++) {
      if (plugged.get(block)) {
        return false;
      }
    }
    return true;
  }

  /** Adds blocks, none of which is plugged. */
  void add(int first, int end) {
    plugged.set(first, end);
    count += end - first;
  }

  /** Removes blocks, all of which are plugged. */
  void remove(int first, int end) {
    plugged.clear(first, end);
    count -= end - first;
  }

  void clear() {
    plugged.clear();
    count = 0;
  }
}
