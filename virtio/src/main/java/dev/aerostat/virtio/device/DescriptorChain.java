package dev.aerostat.virtio.device;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.virtio.GuestMistake;
import dev.aerostat.virtio.VirtioMistake;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A walk along the buffers of one chain: ordinary descriptors, at the end perhaps a table of its
 * own (virtio 1.2, section 2.7.5).
 *
 * <p>One object serves all chains of a queue, one after another. Each field of a descriptor is read
 * from guest memory once. The walk has a time to live of as many steps as its table has
 * descriptors, so a circle ends.
 */
public final class DescriptorChain {
  private static final int NEXT = 1;
  private static final int WRITE = 2;
  private static final int INDIRECT = 4;

  private static final int END = -1;

  /** {@code next} is 16 bits wide, so no more of a table can be reached. */
  private static final int MAX_TABLE_SIZE = 1 << 16;

  /** Section 2.7.5: no chain is longer. */
  private static final long MAX_CHAIN_BYTES = 1L << 32;

  private static final ValueLayout.OfLong LE64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment descriptors;
  private final boolean indirectAllowed;
  private final GuestCursor cursor;
  private final MistakeSink mistakes;

  private final MemorySegment copy = MemorySegment.ofArray(new long[2]);

  private MemorySegment table;
  private long tableOffset;

  /** Where a table that lies in several regions begins; it is read a descriptor at a time. */
  private long tableAddress;

  private boolean inSeveralRegions;
  private int tableSize;
  private boolean inIndirectTable;
  private int timeToLive;
  private int next = END;

  private boolean cut;
  private long chainBytes;
  private long address;
  private long length;
  private boolean writable;

  DescriptorChain(
      MemorySegment descriptors,
      boolean indirectAllowed,
      GuestMemory memory,
      MistakeSink mistakes) {
    this.descriptors = descriptors;
    this.indirectAllowed = indirectAllowed;
    this.cursor = new GuestCursor(memory);
    this.mistakes = mistakes;
    this.table = descriptors;
  }

  void begin(int head) {
    enter(descriptors, 0, descriptors.byteSize());
    inIndirectTable = false;
    cut = false;
    chainBytes = 0;
    next = head;
  }

  /**
   * Moves to the next buffer.
   *
   * @return false at the end, or where reading on makes no sense: see {@link #cut}
   */
  public boolean advance() {
    if (next == END) {
      return false;
    }
    if (next >= tableSize) {
      return stop(VirtioMistake.BAD_DESCRIPTOR_INDEX);
    }
    if (timeToLive == 0) {
      return stop(VirtioMistake.DESCRIPTOR_LOOP);
    }
    timeToLive--;
    long at = (long) SplitRing.DESCRIPTOR_BYTES * next;
    return inSeveralRegions ? read(copied(tableAddress + at), 0) : read(table, tableOffset + at);
  }

  /** Copies a descriptor byte by byte, since it may begin in one region and end in the next. */
  private MemorySegment copied(long from) {
    for (int i = 0; i < SplitRing.DESCRIPTOR_BYTES; i++) {
      cursor.moveTo(from + i);
      byte value = cursor.segment().get(ValueLayout.JAVA_BYTE, cursor.offset());
      copy.set(ValueLayout.JAVA_BYTE, i, value);
    }
    return copy;
  }

  private boolean read(MemorySegment from, long at) {
    address = from.get(LE64, at);
    long rest = from.get(LE64, at + 8);
    length = rest & 0xffff_ffffL;
    int flags = (int) (rest >>> 32) & 0xffff;
    int following = (int) (rest >>> 48);
    if ((flags & INDIRECT) != 0) {
      return enterIndirectTable(flags) && advance();
    }
    writable = (flags & WRITE) != 0;
    next = (flags & NEXT) != 0 ? following : END;
    chainBytes += length;
    return chainBytes <= MAX_CHAIN_BYTES || stop(VirtioMistake.CHAIN_TOO_LONG);
  }

  /** Section 2.7.5.3.1: not negotiated, not nested, not followed by another, whole descriptors. */
  private boolean enterIndirectTable(int flags) {
    if (inIndirectTable) {
      return stop(VirtioMistake.NESTED_INDIRECT_TABLE);
    }
    boolean whole = length > 0 && length % SplitRing.DESCRIPTOR_BYTES == 0;
    if (!indirectAllowed || !whole || (flags & NEXT) != 0) {
      return stop(VirtioMistake.BAD_INDIRECT_TABLE);
    }
    if (!cursor.isMemory(address, length)) {
      return stop(VirtioMistake.BUFFER_OUTSIDE_MEMORY);
    }
    boolean inOne = cursor.moveTo(address, length);
    enter(cursor.segment(), cursor.offset(), length);
    tableAddress = address;
    inSeveralRegions = !inOne;
    inIndirectTable = true;
    next = 0;
    return true;
  }

  private void enter(MemorySegment segment, long offset, long bytes) {
    table = segment;
    tableOffset = offset;
    tableSize = (int) Math.min(MAX_TABLE_SIZE, bytes / SplitRing.DESCRIPTOR_BYTES);
    timeToLive = tableSize;
    inSeveralRegions = false;
  }

  private boolean stop(GuestMistake mistake) {
    next = END;
    cut = true;
    mistakes.report(mistake);
    return false;
  }

  /**
   * Returns whether the walk ended at a mistake.
   *
   * @return true if there may be buffers that were not walked
   */
  public boolean cut() {
    return cut;
  }

  /**
   * Returns where the buffer is.
   *
   * @return a guest-physical address, unchecked: any number
   */
  public long address() {
    return address;
  }

  /**
   * Returns the length of the buffer.
   *
   * @return bytes, 0 to 2^32, exclusive
   */
  public long length() {
    return length;
  }

  /**
   * Returns whether the buffer is for the device to write.
   *
   * @return false if the driver wrote it
   */
  public boolean writable() {
    return writable;
  }
}
