package dev.aerostat.observer;

import java.lang.foreign.MemorySegment;

/**
 * Reads the PFNs of a descriptor chain: direct, chained or indirect (virtio 1.2, section 2.7.5).
 * What the device may write is passed over; the bytes of all readable buffers are one array.
 */
final class ChainReader {
  private static final int NEXT = 1;
  private static final int WRITE = 2;
  private static final int INDIRECT = 4;
  private static final int DESCRIPTOR_BYTES = 16;

  private final GuestBytes bytes;
  private final RamIndex ram;
  private final MemorySegment table;
  private final int tableSize;
  private final int pagesPerPfn;
  private final int[] pfns = new int[1024];
  private int carried;
  private long carry;

  ChainReader(GuestBytes bytes, RamIndex ram, RingPlacement layout) {
    this.bytes = bytes;
    this.ram = ram;
    this.table = bytes.require("descriptor table", layout.descriptors(), layout.descriptorBytes());
    this.tableSize = layout.size();
    this.pagesPerPfn = layout.pagesPerPfn();
  }

  /**
   * Reads the chain that begins at {@code head}.
   *
   * @param runs takes the pages that are RAM
   * @return whether the chain is sound; if not, {@code runs} is empty
   */
  boolean read(int head, PageRuns runs) {
    carried = 0;
    carry = 0;
    boolean sound = walk(head, runs);
    if (!sound) {
      runs.clear();
    }
    return sound;
  }

  private boolean walk(int head, PageRuns runs) {
    MemorySegment descriptors = table;
    long size = tableSize;
    boolean nested = false;
    long index = head;
    for (long left = size; left > 0 && index < size; left--) {
      long at = index * DESCRIPTOR_BYTES;
      long address = GuestBytes.u64(descriptors, at);
      long length = GuestBytes.u32(descriptors, at + 8);
      int flags = GuestBytes.u16(descriptors, at + 12);
      if ((flags & INDIRECT) != 0) {
        descriptors = bytes.at(address, length);
        if (nested || length % DESCRIPTOR_BYTES != 0 || descriptors.equals(GuestBytes.NOWHERE)) {
          return false;
        }
        nested = true;
        size = length / DESCRIPTOR_BYTES;
        left = size + 1;
        index = 0;
      } else {
        if ((flags & WRITE) == 0 && !readBuffer(address, length, runs)) {
          return false;
        }
        if ((flags & NEXT) == 0) {
          return true;
        }
        index = GuestBytes.u16(descriptors, at + 14);
      }
    }
    return false;
  }

  private boolean readBuffer(long address, long length, PageRuns runs) {
    if (length == 0) {
      return true;
    }
    MemorySegment buffer = bytes.at(address, length);
    if (buffer.equals(GuestBytes.NOWHERE)) {
      return false;
    }
    long at = 0;
    while (carried > 0 && at < length) {
      carry(GuestBytes.u8(buffer, at++), runs);
    }
    while (length - at >= 4) {
      int count = (int) Math.min(pfns.length, (length - at) / 4);
      GuestBytes.copyU32(buffer, at, pfns, count);
      for (int i = 0; i < count; ) {
        i = nameRun(i, count, runs);
      }
      at += 4L * count;
    }
    while (at < length) {
      carry(GuestBytes.u8(buffer, at++), runs);
    }
    return true;
  }

  /** Takes PFNs that follow one another in one go: a guest names them by the thousand. */
  private int nameRun(int from, int end, PageRuns runs) {
    long pfn = Integer.toUnsignedLong(pfns[from]);
    int down = follow(from, end, -pagesPerPfn);
    if (down > 1) {
      name(pfn - (down - 1L) * pagesPerPfn, down, runs);
      return from + down;
    }
    int up = follow(from, end, pagesPerPfn);
    name(pfn, up, runs);
    return from + up;
  }

  private int follow(int from, int end, int step) {
    int next = from + 1;
    while (next < end && pfns[next] - pfns[next - 1] == step) {
      next++;
    }
    return next - from;
  }

  private void carry(int octet, PageRuns runs) {
    carry |= (long) octet << (8 * carried);
    if (++carried == 4) {
      name(carry, 1, runs);
      carried = 0;
      carry = 0;
    }
  }

  private void name(long lowest, long count, PageRuns runs) {
    long index = indexOf(lowest, count);
    if (index >= 0) {
      runs.add(index, index + count * pagesPerPfn);
    } else if (count > 1) {
      for (long i = 0; i < count; i++) {
        name((lowest + i * pagesPerPfn) & 0xffff_ffffL, 1, runs);
      }
    }
  }

  private long indexOf(long lowest, long count) {
    boolean aligned = (lowest & (pagesPerPfn - 1)) == 0;
    return aligned ? ram.indexOf(lowest, count * pagesPerPfn) : -1;
  }
}
