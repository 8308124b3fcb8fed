package dev.aerostat.observer;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.MemoryRegion;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** A split ring written by hand, from both ends, in the 16 pages from its base on. */
final class HandRing {
  static final int SIZE = 8;
  static final int NEXT = 1;
  static final int WRITE = 2;
  static final int INDIRECT = 4;

  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final GuestMemory memory;
  private final long base;
  private final int pagesPerPfn;
  private int available;
  private int used;

  HandRing(GuestMemory memory, long base, int pagesPerPfn) {
    this.memory = memory;
    this.base = base;
    this.pagesPerPfn = pagesPerPfn;
  }

  RingPlacement layout() {
    return new RingPlacement(SIZE, base, base + 0x1000, base + 0x2000, pagesPerPfn);
  }

  /** Where the buffer of a descriptor lies, 4 KiB for each. */
  long buffer(int index) {
    return base + 0x4000 + 0x1000L * index;
  }

  /** Sends a message of one descriptor. */
  void offer(int head, long... pfns) {
    descriptor(head, buffer(head), write(head, pfns), 0, 0);
    makeAvailable(head);
  }

  /**
   * Sends a message that names the PFNs {@code [first, end)} from the highest down, as Linux does.
   */
  void offerRange(int head, long first, long end) {
    var pfns = new long[(int) (end - first)];
    for (int i = 0; i < pfns.length; i++) {
      pfns[i] = end - 1 - i;
    }
    offer(head, pfns);
  }

  /** Writes PFNs into the buffer of a descriptor and returns their length in bytes. */
  int write(int index, long... pfns) {
    for (int i = 0; i < pfns.length; i++) {
      at(buffer(index) + 4L * i).set(U32, 0, (int) pfns[i]);
    }
    return 4 * pfns.length;
  }

  void descriptor(int index, long address, long length, int flags, int next) {
    descriptorAt(base, index, address, length, flags, next);
  }

  void descriptorAt(long table, int index, long address, long length, int flags, int next) {
    MemorySegment descriptor = at(table + 16L * index);
    descriptor.set(U64, 0, address);
    descriptor.set(U32, 8, (int) length);
    descriptor.set(U16, 12, (short) flags);
    descriptor.set(U16, 14, (short) next);
  }

  void makeAvailable(int head) {
    at(base + 0x1000 + 4 + 2L * (available++ & (SIZE - 1))).set(U16, 0, (short) head);
    setAvailable(available);
  }

  void setAvailable(int index) {
    at(base + 0x1000 + 2).set(U16, 0, (short) index);
  }

  /** The device's end: returns a message. */
  void giveBack(long head) {
    at(base + 0x2000 + 4 + 8L * (used++ & (SIZE - 1))).set(U32, 0, (int) head);
    at(base + 0x2000 + 2).set(U16, 0, (short) used);
  }

  private MemorySegment at(long address) {
    MemoryRegion region = memory.regionOf(address).orElseThrow();
    return region.segment().asSlice(address - region.range().start());
  }
}
