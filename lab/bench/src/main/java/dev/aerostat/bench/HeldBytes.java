package dev.aerostat.bench;

import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * What a set holds of the Java heap: what is in use after a collection, less what was before the
 * set was made. Right to a few hundred bytes as long as nothing else runs.
 */
final class HeldBytes {
  /** How often it looks: a balloon that is half full of small blocks has the most ranges. */
  private static final int LOOKS = 8;

  /**
   * The serial collector leaves some garbage where it lies in three of four (HotSpot's default).
   */
  private static final int COLLECTIONS = 4;

  private static final int TIMES = 3;

  private HeldBytes() {}

  /** Returns the most that a set holds while messages are inflated. */
  static long atPeak(Supplier<ComparedPageSet> maker, Messages messages) {
    // The first time classes are loaded, and the JVM keeps things for them on the heap.
    return IntStream.range(0, TIMES).mapToLong(time -> once(maker, messages)).min().orElseThrow();
  }

  private static long once(Supplier<ComparedPageSet> maker, Messages messages) {
    long before = inUse();
    ComparedPageSet set = maker.get();
    try {
      return mostInUse(set, messages) - before;
    } finally {
      Reference.reachabilityFence(set);
    }
  }

  private static long mostInUse(ComparedPageSet set, Messages messages) {
    long most = 0;
    int next = 0;
    for (int look = 1; look <= LOOKS; look++) {
      for (int end = (int) ((long) messages.count() * look / LOOKS); next < end; next++) {
        set.inflate(messages.pfns(), messages.start(next), messages.end(next));
      }
      most = Math.max(most, inUse());
    }
    return most;
  }

  /** Returns the bytes of the heap in use once there is no garbage. */
  static long inUse() {
    for (int collection = 0; collection < COLLECTIONS; collection++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
