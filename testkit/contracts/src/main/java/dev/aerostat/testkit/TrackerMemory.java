package dev.aerostat.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.aerostat.api.BalloonTracker;
import java.lang.ref.WeakReference;
import java.util.function.LongConsumer;

/** What a tracker leaves to the collector, and what it keeps from it. */
final class TrackerMemory {
  private static final int MESSAGES = 4096;
  private static final int ROUNDS = 4;

  /** Two bytes for each message of a round. */
  private static final long GROWTH_A_ROUND = 2L * 32 * 2 * MESSAGES;

  private final long bytesPerCall;
  private long sum;

  private TrackerMemory(long bytesPerCall) {
    this.bytesPerCall = bytesPerCall;
  }

  /**
   * Sends messages that make the set no larger than it has been, and asks, all in {@link
   * TrackedGuest#PC}: on average that allocates less than a byte a call beyond what is allowed,
   * since the smallest object takes sixteen.
   */
  static void assertGarbage(BalloonTracker tracker, long bytesPerCall) {
    var memory = new TrackerMemory(bytesPerCall);
    memory.assertLittleLeft("runs of 256 pages", () -> growAndShrink(tracker));
    for (long page = 0; page < 256L * MESSAGES / 2; page += 4096) {
      long _ = tracker.inflate(page, page + 1, false);
    }
    memory.assertLittleLeft("scattered messages", () -> scatter(tracker));
    memory.assertLittleLeft(
        "contains", forPages(page -> memory.add(tracker.contains(page) ? 1 : 0)));
    memory.assertLittleLeft(
        "nextBallooned", forPages(page -> memory.add(tracker.nextBallooned(page))));
    memory.assertLittleLeft(
        "nextNotBallooned", forPages(page -> memory.add(tracker.nextNotBallooned(page))));
    memory.assertLittleLeft(
        "pagesIn", forPages(page -> memory.add(tracker.pagesIn(page, page + 999))));
    memory.assertLittleLeft(
        "containsAll and intersects",
        forPages(
            page ->
                memory.add(
                    tracker.containsAll(page, page + 9) || tracker.intersects(page, page + 9)
                        ? 1
                        : 0)));
    memory.assertLittleLeft(
        "pages(), ranges() and heldBytes()",
        forPages(_ -> memory.add(tracker.pages() + tracker.ranges() + tracker.heldBytes())));
    memory.assertLittleLeft(
        "the order",
        forPages(_ -> memory.add(tracker.nextOlderGranule(tracker.mostRecentGranule()))));
    assertTrue(memory.sum != 0, "the sum of the answers is not 0");
  }

  private void add(long answer) {
    sum += answer;
  }

  private static Runnable forPages(LongConsumer question) {
    return () -> {
      for (int i = 0; i < MESSAGES; i++) {
        question.accept(i * 173L);
      }
    };
  }

  private void assertLittleLeft(String what, Runnable calls) {
    long bytes = ThreadCosts.leastBytes(calls);
    assertTrue(
        bytes < MESSAGES * (bytesPerCall + 1),
        () ->
            "%s: %d bytes allocated by some %d calls, expected less than %d a call"
                .formatted(what, bytes, MESSAGES, bytesPerCall + 1));
  }

  private static void growAndShrink(BalloonTracker tracker) {
    long end = 256L * MESSAGES / 2;
    for (long page = end - 256; page >= 0; page -= 256) {
      long _ = tracker.inflate(page, page + 256, true);
    }
    for (long page = 0; page < end; page += 256) {
      long _ = tracker.deflate(page, page + 256);
    }
  }

  private static void scatter(BalloonTracker tracker) {
    for (int i = 0; i < MESSAGES / 2; i++) {
      long page = 1 + i * 251L;
      long _ = tracker.inflate(page, page + 7, true);
      long _ = tracker.deflate(page + 2, page + 5);
    }
  }

  /**
   * Sends the same messages over and over, in {@link TrackedGuest#PC}: what the tracker claims it
   * holds, and what the heap does, do not grow with them.
   */
  static void assertNoGrowth(BalloonTracker tracker) {
    shredHealAndClear(tracker);
    shredHealAndClear(tracker);
    long held = tracker.heldBytes();
    long leastGrowth = Long.MAX_VALUE;
    long used = usedHeap();
    for (int round = 0; round < ROUNDS; round++) {
      for (int pass = 0; pass < 32; pass++) {
        shredHealAndClear(tracker);
      }
      long now = usedHeap();
      leastGrowth = Math.min(leastGrowth, now - used);
      used = now;
    }
    assertHeld(held, tracker.heldBytes());
    long growth = leastGrowth;
    assertTrue(
        growth < GROWTH_A_ROUND,
        () -> "the heap grew by %d bytes or more in each of %d rounds".formatted(growth, ROUNDS));
  }

  private static void assertHeld(long before, long after) {
    assertTrue(
        after <= before + before / 4 + 4096,
        () ->
            "heldBytes(): %d with nothing ballooned, %d after the same messages many times more"
                .formatted(before, after));
  }

  private static void shredHealAndClear(BalloonTracker tracker) {
    for (int i = 0; i < MESSAGES; i += 2) {
      long _ = tracker.inflate(i * 3L, i * 3L + 2, false);
    }
    for (int i = 1; i < MESSAGES; i += 2) {
      long _ = tracker.inflate(i * 3L - 1, i * 3L + 3, true);
    }
    long _ = tracker.deflate(0, 3L * MESSAGES);
    tracker.clear();
  }

  /** Bytes in use after a collection; a heap that is never collected on demand shows nothing. */
  private static long usedHeap() {
    var garbage = new WeakReference<>(new Object());
    for (int tries = 0; tries < 10 && garbage.get() != null; tries++) {
      System.gc();
    }
    assumeTrue(
        garbage.get() == null, "SKIPPED: this virtual machine collects no garbage on demand");
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
