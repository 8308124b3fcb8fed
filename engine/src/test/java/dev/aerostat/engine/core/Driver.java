package dev.aerostat.engine.core;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.MemoryRegion;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** What a guest's balloon driver sends next. */
interface Driver {
  /** Returns pages that leave the guest, or none. */
  Optional<Run> inflates();

  /** Returns pages that it wants back, or none. */
  Optional<Run> deflates();

  /** The device was reset: the balloon is empty. */
  default void reset() {}

  record Run(long firstPage, long endPage, boolean descending) {}

  /** Sends anything about any page: what it ballooned already, what it never gave, all at once. */
  static Driver hostile(EngineHarness harness, RandomGenerator random) {
    return new Driver() {
      @Override
      public Optional<Run> inflates() {
        return Optional.of(anything());
      }

      @Override
      public Optional<Run> deflates() {
        return Optional.of(anything());
      }

      private Run anything() {
        var regions = harness.granules.memory().regions();
        MemoryRegion region = regions.get(random.nextInt(regions.size()));
        GuestRange range = region.range();
        long first = random.nextLong(range.firstPage(), range.endPage());
        long most = random.nextInt(3) == 0 ? range.endPage() : Math.min(range.endPage(), first + 9);
        if (random.nextInt(4) == 0) {
          first = range.firstPage();
        }
        return new Run(first, random.nextLong(first, most) + 1, random.nextBoolean());
      }
    };
  }

  /**
   * Follows the target as Linux does, from the top down, last in first out; now and then it moves a
   * page, or runs out of memory.
   *
   * @param appetite how many runs it inflates before it stalls forever
   */
  static Driver linux(EngineHarness harness, RandomGenerator random, int appetite) {
    return new Driver() {
      private final Deque<Run> balloon = new ArrayDeque<>();
      private int left = appetite;

      @Override
      public Optional<Run> inflates() {
        long missing = harness.core.targetPages() - harness.guest.balloon.pages();
        boolean compacts = random.nextInt(10) == 0;
        BitSet inflatable = harness.guest.owned();
        inflatable.and(harness.guest.ram);
        int last = inflatable.length() - 1;
        if (left == 0 || last < 0 || (missing <= 0 && !compacts)) {
          return Optional.empty();
        }
        left--;
        int region = harness.granules.memory().regionOfPage(last);
        long lowest = harness.granules.memory().region(region).range().firstPage();
        long most = compacts ? 1 : Math.min(missing, 1 + random.nextInt(12));
        long first = last;
        while (first > lowest && last + 1 - first < most && inflatable.get((int) first - 1)) {
          first--;
        }
        balloon.push(new Run(first, last + 1, true));
        return Optional.of(balloon.element());
      }

      @Override
      public Optional<Run> deflates() {
        boolean tooMuch = harness.guest.balloon.pages() > harness.core.targetPages();
        boolean outOfMemory = random.nextInt(20) == 0;
        return tooMuch || outOfMemory ? Optional.ofNullable(balloon.poll()) : Optional.empty();
      }

      @Override
      public void reset() {
        balloon.clear();
      }
    };
  }
}
