package dev.aerostat.engine.core;

import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.MapFailurePolicy;
import dev.aerostat.api.MemoryRegion;
import dev.aerostat.api.Pages;
import dev.aerostat.api.ResetPolicy;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * A guest's memory, its division, how the state machine is to behave, and what a virtio-mem device
 * withholds, in blocks of one page.
 */
record Setup(Granules granules, CoreSettings settings, PlugPlan pluggable) {
  private static final List<GuestMemory> MEMORIES =
      List.of(
          memory(0, 96),
          memory(3, 61, 64, 70, 70, 131, 200, 243), // Clipped granules, regions that touch, a hole.
          memory(16, 17, 31, 33, 40, 130));

  private static final int[] GRANULE_PAGES = {1, 4, 16, 16, 16, 64};

  /** Makes small memory of regions, each from a first page to an end page. */
  static GuestMemory memory(int... bounds) {
    return GuestMemory.of(
        IntStream.range(0, bounds.length / 2)
            .mapToObj(i -> region(GuestRange.ofPages(bounds[2 * i], bounds[2 * i + 1])))
            .toList());
  }

  private static MemoryRegion region(GuestRange range) {
    return new MemoryRegion(range, Arena.ofAuto().allocate(range.length(), Pages.SIZE));
  }

  Setup(Granules granules, CoreSettings settings) {
    this(granules, settings, PlugPlan.NONE);
  }

  static Setup random(RandomGenerator random, UnaryOperator<CoreSettings> world) {
    GuestMemory memory = MEMORIES.get(random.nextInt(MEMORIES.size()));
    int granulePages = GRANULE_PAGES[random.nextInt(GRANULE_PAGES.length)];
    Granules granules = Granules.of(memory, Pages.toBytes(granulePages));
    return new Setup(
        granules,
        world.apply(
            new CoreSettings(
                random.nextInt(5) > 0,
                random.nextInt(4) > 0,
                random.nextInt(3) == 0 ? 0 : random.nextLong(memory.pages() + 10),
                1 + random.nextInt(4),
                random.nextBoolean(),
                1 + random.nextInt(2 * granulePages),
                pick(MapFailurePolicy.values(), random),
                pick(EarlyDmaPolicy.values(), random),
                pick(ResetPolicy.values(), random))),
        random.nextBoolean() ? lastRegion(granules) : PlugPlan.NONE);
  }

  /** The last region, if there is another, is what a device withholds. */
  static PlugPlan lastRegion(Granules granules) {
    var regions = granules.memory().regions();
    if (regions.size() < 2) {
      return PlugPlan.NONE;
    }
    int first = granules.indexOf(regions.getLast().range().firstPage());
    return new PlugPlan(first, granules.count(), 8);
  }

  /** The usual settings with one worker, nothing kept from the balloon, a slice a granule. */
  static CoreSettings plain(int granulePages) {
    return new CoreSettings(
        true,
        true,
        0,
        1,
        false,
        granulePages,
        MapFailurePolicy.HOLD,
        EarlyDmaPolicy.HOLD,
        ResetPolicy.HOLD_STATUS);
  }

  private static <T> T pick(T[] values, RandomGenerator random) {
    return values[random.nextInt(values.length)];
  }
}
