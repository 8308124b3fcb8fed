package dev.aerostat.mapper.contract;

import static dev.aerostat.api.HostOperation.DISCARD;
import static dev.aerostat.api.HostOperation.POPULATE;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.api.Pages;
import dev.aerostat.api.SparseMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.List;

/** What host memory must do. */
final class HostMemoryClauses {
  private static final int PAGES = 64;
  private static final long BYTES = PAGES * Pages.SIZE;
  private static final long FRESH_BYTES = 16 * BYTES;
  private static final long LARGE_BYTES = (1L << 32) + BYTES;
  private static final int ROUNDS = 2000;
  private static final VarHandle NUMBER = ValueLayout.JAVA_LONG.varHandle();

  /** This process's own memory on both sides: what goes too far harms nothing else. */
  private static final long MARGIN_BYTES = 16 * Pages.SIZE;

  private static final byte MARGIN = 0x55;

  private final MemorySegment around;
  private final HostMemory memory;
  private final MemoryRegion region;

  private HostMemoryClauses(HostMemorySource source, Arena arena) {
    around = arena.allocate(BYTES + 2 * MARGIN_BYTES, Pages.SIZE).fill(MARGIN);
    MemorySegment segment = around.asSlice(MARGIN_BYTES, BYTES).fill((byte) 0);
    this.region = new MemoryRegion(GuestRange.ofLength(0, BYTES), segment);
    this.memory = source.of(GuestMemory.of(List.of(region)));
  }

  static void kept(HostMemorySource source) throws HostRefusedException {
    onMemory(
        source,
        clauses -> {
          clauses.fill(0, PAGES);
          clauses.populate(0, PAGES);
          clauses.populate(3, 7);
          clauses.requireFilled(0, PAGES);
        });
  }

  /** One thread populates all pages over and over, another counts in each of them. */
  static void keptMeanwhile(HostMemorySource source) throws HostRefusedException {
    onMemory(
        source,
        clauses -> {
          clauses.populate(0, PAGES);
          clauses.fill(0, PAGES);
          ThreadClauses.requireAll(
              2,
              thread -> {
                for (int round = 0; round < ROUNDS; round++) {
                  if (thread == 0) {
                    clauses.populate(0, PAGES);
                  } else {
                    clauses.count();
                  }
                }
              });
          for (int page = 0; page < PAGES; page++) {
            clauses.requireAt(page * Pages.SIZE, ~(page * Pages.SIZE) + ROUNDS);
          }
        });
  }

  static void brought(HostMemorySource source) throws HostRefusedException {
    requireTouching(source);
    onFresh(
        source,
        FRESH_BYTES,
        (memory, region) -> {
          memory.populate(region.hostAddress(0), FRESH_BYTES);
          BrokenClauseError.unlessEqual(
              "bytes of fresh memory that are there once populated", FRESH_BYTES, resident(region));
        });
  }

  static void givenBack(HostMemorySource source) throws HostRefusedException {
    requireGivingBack(source);
    onFresh(
        source,
        FRESH_BYTES,
        (memory, region) -> {
          memory.populate(region.hostAddress(0), FRESH_BYTES);
          discardFile(memory, region, FRESH_BYTES);
          BrokenClauseError.unlessEqual(
              "bytes of memory that are there once discarded", 0L, resident(region));
        });
  }

  static void large(HostMemorySource source) throws HostRefusedException {
    requireGivingBack(source);
    onFresh(
        source,
        LARGE_BYTES,
        (memory, region) -> {
          MemorySegment segment = region.segment();
          long[] offsets = {0, 1L << 31, 1L << 32, LARGE_BYTES - Long.BYTES};
          for (long offset : offsets) {
            segment.set(ValueLayout.JAVA_LONG, offset, ~offset);
          }
          discardFile(memory, region, LARGE_BYTES);
          for (long offset : offsets) {
            BrokenClauseError.unlessEqual(
                "the eight bytes at offset 0x%x of 0x%x that were discarded"
                    .formatted(offset, LARGE_BYTES),
                0L,
                segment.get(ValueLayout.JAVA_LONG, offset));
          }
        });
  }

  private static void discardFile(HostMemory memory, MemoryRegion region, long bytes) {
    try {
      memory.discard(region.hostAddress(0), bytes);
    } catch (HostRefusedException refusal) {
      throw new NotApplicableException(
          "this host makes no holes in files: " + refusal.getMessage());
    }
  }

  private static long resident(MemoryRegion region) {
    return ResidentBytes.at(region.hostAddress(0), region.range().length())
        .orElseThrow(
            () -> new NotApplicableException("this system does not tell which pages are there"));
  }

  private static void onFresh(HostMemorySource source, long bytes, FreshTrial trial)
      throws HostRefusedException {
    try (SparseMemory fresh = SparseMemory.allocate(List.of(GuestRange.ofLength(0, bytes)))) {
      trial.of(source.of(fresh.guestMemory()), fresh.guestMemory().region(0));
    } catch (IOException failure) {
      throw new NotApplicableException("no file for fresh memory: " + failure.getMessage());
    }
  }

  static void discarded(HostMemorySource source) throws HostRefusedException {
    requireTouching(source);
    onMemory(
        source,
        clauses -> {
          for (int[] pages : new int[][] {{0, 1}, {5, 6}, {16, 32}, {PAGES - 3, PAGES}}) {
            clauses.fill(0, PAGES);
            clauses.discard(pages[0], pages[1]);
            clauses.requireFilled(0, pages[0]);
            clauses.requireZero(pages[0], pages[1]);
            clauses.requireFilled(pages[1], PAGES);
            clauses.requireMargins();
          }
        });
  }

  static void again(HostMemorySource source) throws HostRefusedException {
    requireTouching(source);
    onMemory(
        source,
        clauses -> {
          for (int round = 0; round < 3; round++) {
            clauses.fill(8, 16);
            clauses.populate(8, 16);
            clauses.requireFilled(8, 16);
            clauses.discard(8, 16);
            clauses.requireZero(8, 16);
            clauses.populate(8, 16);
            clauses.requireZero(8, 16);
          }
        });
  }

  static void untouched(HostMemorySource source) throws HostRefusedException {
    onMemory(
        source,
        clauses -> {
          clauses.discard(0, PAGES);
          clauses.discard(0, PAGES);
          clauses.populate(0, PAGES);
          clauses.discard(1, 2);
          clauses.discard(0, 3);
          clauses.requireZero(0, PAGES);
        });
  }

  static void threads(HostMemorySource source) throws HostRefusedException {
    onMemory(
        source,
        clauses -> {
          boolean touches = source.touchesMemory();
          ThreadClauses.requireAll(
              8,
              thread -> {
                int first = 8 * thread;
                for (int round = 0; round < 100; round++) {
                  clauses.fill(first, first + 8);
                  clauses.populate(first, first + 8);
                  clauses.discard(first + 2, first + 5);
                  if (touches) {
                    clauses.requireZero(first + 2, first + 5);
                  }
                  clauses.requireFilled(first + 5, first + 8);
                }
              });
        });
  }

  static void refused(HostMemorySource source) throws HostRefusedException {
    onMemory(
        source,
        clauses -> {
          MemoryClauses.requireRefused(POPULATE, 2 * Pages.SIZE, clauses.memory::populate);
          MemoryClauses.requireRefused(DISCARD, 2 * Pages.SIZE, clauses.memory::discard);
        });
  }

  private static void requireTouching(HostMemorySource source) {
    if (!source.touchesMemory()) {
      throw new NotApplicableException("this host touches no memory");
    }
  }

  private static void requireGivingBack(HostMemorySource source) {
    requireTouching(source);
    if (!source.givesBack()) {
      throw new NotApplicableException("this host gives no pages back");
    }
  }

  private static void onMemory(HostMemorySource source, Trial trial) throws HostRefusedException {
    try (Arena arena = Arena.ofShared()) {
      trial.of(new HostMemoryClauses(source, arena));
    }
  }

  private void populate(int first, int end) throws HostRefusedException {
    memory.populate(region.hostAddress(first * Pages.SIZE), (end - first) * Pages.SIZE);
  }

  private void discard(int first, int end) throws HostRefusedException {
    memory.discard(region.hostAddress(first * Pages.SIZE), (end - first) * Pages.SIZE);
  }

  private void fill(int first, int end) {
    for (long at = first * Pages.SIZE; at < end * Pages.SIZE; at += Long.BYTES) {
      region.segment().set(ValueLayout.JAVA_LONG, at, ~at);
    }
  }

  /**
   * Adds one to the first number of each page, as a guest does that populating knows nothing of.
   */
  private void count() {
    for (long at = 0; at < BYTES; at += Pages.SIZE) {
      long _ = (long) NUMBER.getAndAdd(region.segment(), at, 1L);
    }
  }

  private void requireFilled(int first, int end) {
    for (long at = first * Pages.SIZE; at < end * Pages.SIZE; at += Long.BYTES) {
      requireAt(at, ~at);
    }
  }

  private void requireZero(int first, int end) {
    for (long at = first * Pages.SIZE; at < end * Pages.SIZE; at += Long.BYTES) {
      requireAt(at, 0);
    }
  }

  private void requireMargins() {
    for (long at = 0; at < MARGIN_BYTES; at++) {
      for (long offset : new long[] {at, MARGIN_BYTES + BYTES + at}) {
        BrokenClauseError.unlessEqual(
            "the byte at offset %d of %d pages, which is not the guest's"
                .formatted(offset - MARGIN_BYTES, PAGES),
            MARGIN,
            around.get(ValueLayout.JAVA_BYTE, offset));
      }
    }
  }

  private void requireAt(long offset, long expected) {
    long seen = region.segment().get(ValueLayout.JAVA_LONG, offset);
    if (seen != expected) {
      throw BrokenClauseError.of(
          "the eight bytes at offset 0x%x of %d pages".formatted(offset, PAGES), expected, seen);
    }
  }

  private interface Trial {
    void of(HostMemoryClauses clauses) throws HostRefusedException;
  }

  private interface FreshTrial {
    void of(HostMemory memory, MemoryRegion region) throws HostRefusedException;
  }
}
