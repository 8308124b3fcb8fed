package dev.aerostat.vhost.guest;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/** A split queue of messages that name pages, from the driver's end, with a page each for them. */
final class MessageRing {
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INDEX = U16.varHandle();
  private static final long PAGE = 4096;

  private final MemorySegment memory;
  private final long start;
  private final int size;
  private final Deque<Integer> free = new ArrayDeque<>();
  private final Set<Integer> out = new HashSet<>();
  private int available;
  private int used;

  MessageRing(MemorySegment memory, long start, int size) {
    this.memory = memory;
    this.start = start;
    this.size = size;
    clear();
  }

  long descriptors() {
    return start;
  }

  long available() {
    return start + 16L * size;
  }

  long used() {
    return start + PAGE;
  }

  private long buffer(int head) {
    return start + PAGE * (2 + head);
  }

  void clear() {
    memory.asSlice(start, 2 * PAGE).fill((byte) 0);
    out.clear();
    free.clear();
    for (int head = 0; head < size; head++) {
      free.add(head);
    }
    available = 0;
    used = 0;
  }

  void post(int firstPage, int pages) {
    int head = free.remove();
    if (!out.add(head)) {
      throw new IllegalStateException("descriptor %d is out".formatted(head));
    }
    for (int i = 0; i < pages; i++) {
      memory.set(U32, buffer(head) + 4L * i, firstPage + i);
    }
    long descriptor = descriptors() + 16L * head;
    memory.set(U64, descriptor, buffer(head));
    memory.set(U32, descriptor + 8, 4 * pages);
    memory.set(U32, descriptor + 12, 0);
    memory.set(U16, available() + 4 + 2L * (available % size), (short) head);
    available++;
    INDEX.setRelease(memory, available() + 2, (short) available);
    VarHandle.fullFence();
  }

  int takeBack() {
    int index = Short.toUnsignedInt((short) INDEX.getAcquire(memory, used() + 2));
    while ((used & 0xffff) != index) {
      int head = memory.get(U32, used() + 4 + 8L * (used % size));
      if (!out.remove(head)) {
        throw new IllegalStateException(
            "message %d came back, which is not out: %s are".formatted(head, out));
      }
      free.add(head);
      used++;
    }
    return out.size();
  }
}
