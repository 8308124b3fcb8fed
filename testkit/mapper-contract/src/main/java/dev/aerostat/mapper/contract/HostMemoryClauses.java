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
import java.util.List;
import java.util.OptionalLong;

/** What host memory must do. */
final class HostMemoryClauses {
  private static final int PAGES = 64;
  private static final long BYTES = PAGES * Pages.SIZE;

  private final HostMemory memory;
  private final MemoryRegion region;

  private HostMemoryClauses(HostMemorySource source, Arena arena) {
    MemorySegment segment = arena.allocate(BYTES, Pages.SIZE);
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

  static void brought(HostMemorySource source) throws HostRefusedException {
    requireTouching(source);
    var range = GuestRange.ofLength(0, 16 * BYTES);
    try (SparseMemory fresh = SparseMemory.allocate(List.of(range))) {
      var start = fresh.guestMemory().region(0).hostAddress(0);
      source.of(fresh.guestMemory()).populate(start, range.length());
      OptionalLong resident = ResidentBytes.at(start, range.length());
      BrokenClauseError.unlessEqual(
          "bytes of fresh memory that are there once populated",
          range.length(),
          resident.orElseThrow(
              () -> new NotApplicableException("this system does not tell which pages are there")));
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
}
