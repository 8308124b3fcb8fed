package dev.aerostat.guest.sim;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.MemoryRegion;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A split virtqueue from the driver's end, in guest memory (virtio 1.2, section 2.7).
 *
 * <pre>
 *  base        descriptor table   size * 16 bytes     {le64 addr; le32 len; le16 flags; le16 next}
 *              available ring     6 + size * 2        {le16 flags; le16 idx; le16 ring[]; le16 used_event}
 *  4-aligned   used ring          6 + size * 8        {le16 flags; le16 idx; {le32 id; le32 len}[]; le16 avail_event}
 * </pre>
 *
 * <p>{@link #add} and {@link #makeAvailable} do as they are told, so that a fuzzer can tell them
 * nonsense. Not safe for use by several threads; the device may run on another.
 */
public final class DriverRing {
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INDEX = U16.varHandle();

  private static final int DESCRIPTOR_BYTES = 16;
  private static final int LENGTH_OFFSET = 8;
  private static final int FLAGS_OFFSET = 12;
  private static final int NEXT_OFFSET = 14;
  private static final int NEXT = 1;
  private static final int WRITE = 2;
  private static final int INDIRECT = 4;

  /** Offset of {@code idx} in the available and in the used ring. */
  private static final int INDEX_OFFSET = 2;

  /** Offset of the first element in the available and in the used ring. */
  private static final int ELEMENTS_OFFSET = 4;

  private static final int USED_ELEMENT_BYTES = 8;

  /** VIRTQ_USED_F_NO_NOTIFY. */
  private static final int NO_NOTIFY = 1;

  private final int size;
  private final boolean eventIndex;
  private final long base;
  private final MemorySegment descriptors;
  private final MemorySegment available;
  private final MemorySegment used;
  private final short[] nextFree;
  private final int[] chainLengths;
  private int firstFree;
  private int freeCount;
  private int availableIndex;
  private int publishedIndex;
  private int usedIndex;
  private int lastUsedLength;

  /**
   * Lays out an empty ring, zeroing its memory.
   *
   * @param memory the guest's RAM
   * @param base guest-physical address of {@link #bytes} bytes of RAM in one region, a multiple of
   *     16
   * @param size descriptors: a power of two, 1 to 32768
   * @param eventIndex whether VIRTIO_F_EVENT_IDX is negotiated
   * @throws IllegalArgumentException if the size is not such a power of two, the address unaligned,
   *     or not all of the ring would lie in one region of RAM
   */
  public DriverRing(GuestMemory memory, long base, int size, boolean eventIndex) {
    if (size < 1 || size > 32768 || Integer.bitCount(size) != 1) {
      throw new IllegalArgumentException(
          "a ring of %d descriptors: expected a power of two, 1 to 32768".formatted(size));
    }
    if (base % DESCRIPTOR_BYTES != 0) {
      throw new IllegalArgumentException(
          "a ring at 0x%x: expected a multiple of %d".formatted(base, DESCRIPTOR_BYTES));
    }
    MemorySegment all = slice(memory, base, bytes(size)).fill((byte) 0);
    this.size = size;
    this.eventIndex = eventIndex;
    this.base = base;
    this.descriptors = all.asSlice(0, availableOffset(size));
    this.available = all.asSlice(availableOffset(size), ELEMENTS_OFFSET + 2L * size + 2);
    this.used = all.asSlice(usedOffset(size));
    this.nextFree = new short[size];
    this.chainLengths = new int[size];
    this.freeCount = size;
    for (int i = 0; i < size; i++) {
      nextFree[i] = (short) (i + 1);
    }
  }

  /**
   * Returns the memory that a ring takes.
   *
   * @param size descriptors
   * @return bytes
   */
  public static long bytes(int size) {
    return usedOffset(size) + ELEMENTS_OFFSET + (long) USED_ELEMENT_BYTES * size + 2;
  }

  private static long availableOffset(int size) {
    return (long) DESCRIPTOR_BYTES * size;
  }

  private static long usedOffset(int size) {
    long end = availableOffset(size) + ELEMENTS_OFFSET + 2L * size + 2;
    return (end + 3) & ~3L;
  }

  /** The bytes of guest memory at an address, which must lie in one region. */
  static MemorySegment slice(GuestMemory memory, long address, long length) {
    MemoryRegion region =
        memory
            .regionOf(address)
            .filter(found -> length <= found.range().end() - address)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "%d bytes at 0x%x: expected all of them in one region of %s"
                            .formatted(length, address, memory)));
    return region.segment().asSlice(address - region.range().start(), length);
  }

  /**
   * Returns the number of descriptors.
   *
   * @return a power of two
   */
  public int size() {
    return size;
  }

  /**
   * Returns the place of the descriptor table.
   *
   * @return guest-physical address in bytes
   */
  public long descriptorTable() {
    return base;
  }

  /**
   * Returns the place of the available ring.
   *
   * @return guest-physical address in bytes
   */
  public long availableRing() {
    return base + availableOffset(size);
  }

  /**
   * Returns the place of the used ring.
   *
   * @return guest-physical address in bytes
   */
  public long usedRing() {
    return base + usedOffset(size);
  }

  /**
   * Returns the number of descriptors that no chain uses.
   *
   * @return 0 to {@link #size}
   */
  public int freeDescriptors() {
    return freeCount;
  }

  /**
   * Writes a chain of one device-readable buffer; allocates nothing.
   *
   * @param address guest-physical, in bytes
   * @param length in bytes, as an unsigned 32-bit number
   * @return the chain's head, for {@link #makeAvailable}
   * @throws IllegalStateException if no descriptor is free
   */
  public int add(long address, int length) {
    int head = take(1);
    write(descriptors, head, address, length, 0, 0);
    return head;
  }

  /**
   * Writes a chain of descriptors.
   *
   * @param chain its buffers, at least one
   * @return the chain's head, for {@link #makeAvailable}
   * @throws IllegalStateException if too few descriptors are free
   * @throws IllegalArgumentException if the chain is empty
   */
  public int add(List<RingBuffer> chain) {
    checkNotEmpty(chain);
    int head = take(chain.size());
    int descriptor = head;
    for (int i = 0; i < chain.size(); i++) {
      boolean last = i == chain.size() - 1;
      int next = last ? 0 : nextFree[descriptor];
      write(descriptors, descriptor, chain.get(i), last ? 0 : NEXT, next);
      descriptor = next;
    }
    return head;
  }

  /**
   * Writes a chain as an indirect table, which takes one descriptor of the ring; only with
   * VIRTIO_F_INDIRECT_DESC (virtio 1.2, section 2.7.5.3).
   *
   * @param table where the table goes: guest-physical address in bytes, in one region, a multiple
   *     of 16, of 16 bytes a buffer
   * @param chain its buffers, at least one
   * @param memory the guest's RAM
   * @return the chain's head, for {@link #makeAvailable}
   * @throws IllegalStateException if no descriptor is free
   * @throws IllegalArgumentException if the chain is empty, or the table not in one region of RAM
   */
  public int addIndirect(long table, List<RingBuffer> chain, GuestMemory memory) {
    checkNotEmpty(chain);
    int bytes = DESCRIPTOR_BYTES * chain.size();
    MemorySegment entries = slice(memory, table, bytes);
    int head = take(1);
    for (int i = 0; i < chain.size(); i++) {
      boolean last = i == chain.size() - 1;
      write(entries, i, chain.get(i), last ? 0 : NEXT, last ? 0 : i + 1);
    }
    write(descriptors, head, table, bytes, INDIRECT, 0);
    return head;
  }

  private static void checkNotEmpty(List<RingBuffer> chain) {
    if (chain.isEmpty()) {
      throw new IllegalArgumentException(
          "a descriptor chain without buffers: expected at least one");
    }
  }

  /** Takes descriptors, linked by {@code nextFree}, and remembers the chain under its head. */
  private int take(int count) {
    if (count > freeCount) {
      throw new IllegalStateException(
          "a chain of %d descriptors: only %d of %d are free".formatted(count, freeCount, size));
    }
    int head = firstFree;
    for (int i = 0; i < count; i++) {
      firstFree = nextFree[firstFree] & 0xFFFF;
    }
    freeCount -= count;
    chainLengths[head] = count;
    return head;
  }

  private static void write(
      MemorySegment table, int index, RingBuffer buffer, int flags, int next) {
    int writable = buffer.writable() ? WRITE : 0;
    write(table, index, buffer.address(), buffer.length(), flags | writable, next);
  }

  private static void write(
      MemorySegment table, int index, long address, int length, int flags, int next) {
    long offset = (long) DESCRIPTOR_BYTES * index;
    table.set(U64, offset, address);
    table.set(U32, offset + LENGTH_OFFSET, length);
    table.set(U16, offset + FLAGS_OFFSET, (short) flags);
    table.set(U16, offset + NEXT_OFFSET, (short) next);
  }

  /**
   * Overwrites a descriptor, whoever uses it: for what no honest driver would write.
   *
   * @param index of the descriptor, 0 to {@link #size}, exclusive
   * @param address guest-physical, in bytes
   * @param length in bytes, as an unsigned 32-bit number
   * @param flags 16 bits: NEXT 1, WRITE 2, INDIRECT 4
   * @param next 16 bits
   * @throws IndexOutOfBoundsException if there is no such descriptor
   */
  public void overwrite(int index, long address, int length, int flags, int next) {
    write(descriptors, index, address, length, flags, next);
  }

  /**
   * Puts a chain into the available ring. The device sees it after {@link #publish}.
   *
   * @param head what {@link #add} gave; 16 bits of any other number are written as they are
   */
  public void makeAvailable(int head) {
    long element = ELEMENTS_OFFSET + 2L * (availableIndex & (size - 1));
    available.set(U16, element, (short) head);
    availableIndex = (availableIndex + 1) & 0xFFFF;
  }

  /**
   * Shows the device what was made available since the last call.
   *
   * @return true if the device wants to be notified
   */
  public boolean publish() {
    int before = publishedIndex;
    INDEX.setRelease(available, (long) INDEX_OFFSET, (short) availableIndex);
    publishedIndex = availableIndex;
    // The index must be out before the device's wish is read: it looks at them in the other order.
    VarHandle.fullFence();
    if (!eventIndex) {
      return (used.get(U16, 0) & NO_NOTIFY) == 0;
    }
    int wanted = used.get(U16, ELEMENTS_OFFSET + (long) USED_ELEMENT_BYTES * size);
    int since = (availableIndex - wanted - 1) & 0xFFFF;
    return since < ((availableIndex - before) & 0xFFFF);
  }

  /**
   * Takes the next used chain and frees its descriptors. With the event index, asks for an
   * interrupt at the one after it.
   *
   * @return the chain's head, or -1 if there is none
   * @throws DeviceMisbehavedException if the used index ran ahead of what was made available, or
   *     the element names no chain that the device has
   */
  public int pollUsed() {
    int deviceIndex = (short) INDEX.getAcquire(used, (long) INDEX_OFFSET) & 0xFFFF;
    int pending = (deviceIndex - usedIndex) & 0xFFFF;
    if (pending == 0) {
      return -1;
    }
    int outstanding = (publishedIndex - usedIndex) & 0xFFFF;
    if (pending > outstanding) {
      throw new DeviceMisbehavedException(
          "the used index went from %d to %d, but the device has %d chains"
              .formatted(usedIndex, deviceIndex, outstanding));
    }
    long element = ELEMENTS_OFFSET + (long) USED_ELEMENT_BYTES * (usedIndex & (size - 1));
    int head = used.get(U32, element);
    lastUsedLength = used.get(U32, element + 4);
    release(head);
    usedIndex = (usedIndex + 1) & 0xFFFF;
    askForInterrupt();
    return head;
  }

  private void askForInterrupt() {
    if (eventIndex) {
      available.set(U16, ELEMENTS_OFFSET + 2L * size, (short) usedIndex);
    }
  }

  private void release(int head) {
    if (head < 0 || head >= size || chainLengths[head] == 0) {
      throw new DeviceMisbehavedException(
          "used element %d names chain %s, which the device does not have"
              .formatted(usedIndex, Integer.toUnsignedString(head)));
    }
    int last = head;
    for (int i = 1; i < chainLengths[head]; i++) {
      last = nextFree[last] & 0xFFFF;
    }
    nextFree[last] = (short) firstFree;
    firstFree = head;
    freeCount += chainLengths[head];
    chainLengths[head] = 0;
  }

  /**
   * Returns the length that the device wrote into the chain last polled.
   *
   * @return bytes, as an unsigned 32-bit number
   */
  public int lastUsedLength() {
    return lastUsedLength;
  }
}
