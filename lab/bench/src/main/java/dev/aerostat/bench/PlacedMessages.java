package dev.aerostat.bench;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Messages in guest memory.
 *
 * @param ram where they are
 * @param base offset of the first
 * @param messages what they say
 */
record PlacedMessages(MemorySegment ram, long base, Messages messages) {
  private static final ValueLayout.OfInt PFN =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  static PlacedMessages at(MemorySegment ram, long base, Messages messages) {
    for (int i = 0; i < messages.pages(); i++) {
      ram.set(PFN, base + 4L * i, messages.pfns()[i]);
    }
    return new PlacedMessages(ram, base, messages);
  }

  int count() {
    return messages.count();
  }

  long address(int message) {
    return base + 4L * messages.start(message);
  }

  int bytes(int message) {
    return 4 * (messages.end(message) - messages.start(message));
  }

  /** Reads the PFNs of a message and finds its runs: no device can do with less. */
  long sumOfRuns(int message) {
    long end = address(message) + bytes(message);
    long at = address(message);
    long sum = 0;
    while (at < end) {
      int head = ram.get(PFN, at);
      int tail = head;
      at += 4;
      if (at < end) {
        int second = ram.get(PFN, at);
        int step = second - head;
        if (step == 1 || step == -1) {
          int pfn = second;
          do {
            tail = pfn;
            at += 4;
          } while (at < end && (pfn = ram.get(PFN, at)) - tail == step);
        }
      }
      sum += Math.max(head, tail) ^ Math.min(head, tail);
    }
    return sum;
  }
}
