package dev.aerostat.cli.boot;

import dev.aerostat.api.Pages;
import dev.aerostat.cli.options.BalloonPageOption;
import dev.aerostat.cli.options.MapperChoice;
import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.simulation.BootScenario;
import dev.aerostat.simulation.GuestBehaviour;
import dev.aerostat.simulation.TrackerKind;
import dev.aerostat.simulation.Variant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Boots that are drawn by lot, one for each seed, except for what the user has chosen.
 *
 * @param memory the guests' RAM
 * @param guest how the guests behave
 * @param fault what the host refuses, as the mapper sim's option {@code fail} has it
 */
record DrawnScenarios(
    Optional<ByteSize> memory, Optional<GuestBehaviour> guest, Optional<String> fault) {
  private static final long STEP = 2L << 20;
  private static final int SMALLEST_STEPS = 32;

  /** 4 GiB, of which half lies above the hole below 4 GiB. */
  private static final int LARGEST_STEPS = 2048;

  /** 256 MiB: each millisecond of a flood takes a few of ours. */
  private static final int LARGEST_FLOODED_STEPS = 128;

  private static final int LATEST_DRIVER_MILLIS = 300;
  private static final int MOST_THREADS = 8;

  /**
   * Draws a boot.
   *
   * @param seed decides all that is drawn, and all that is random in the boot
   * @return the same for the same seed
   */
  BootScenario of(long seed) {
    var random = new SplittableRandom(seed);
    GuestBehaviour[] guests = GuestBehaviour.values();
    GuestBehaviour chosenGuest = guest.orElse(guests[random.nextInt(guests.length)]);
    int steps = chosenGuest.flood().isPresent() ? LARGEST_FLOODED_STEPS : LARGEST_STEPS;
    long drawnBytes = STEP * random.nextInt(SMALLEST_STEPS, steps + 1);
    long bytes = memory.map(ByteSize::bytes).orElse(drawnBytes);
    var scenario =
        new BootScenario(
            bytes,
            Pages.toBytes(random.nextLong(bytes / 2 / Pages.SIZE + 1)),
            pick(random, BalloonPageOption.SMALL, BalloonPageOption.LARGE).size().bytes(),
            pick(random, Variant.ASYNC, Variant.ASYNC, Variant.ASYNC, Variant.SYNC),
            chosenGuest,
            MapperChoice.DEFAULT,
            mapperOptions(random, seed),
            random.nextInt(1, MOST_THREADS + 1),
            random.nextInt(LATEST_DRIVER_MILLIS) * 1_000_000L,
            seed);
    return scenario.withTracker(pick(random, TrackerKind.values()));
  }

  private Map<String, String> mapperOptions(SplittableRandom random, long seed) {
    var options = new HashMap<String, String>();
    options.put("rules", pick(random, "type1v2", "iommufd"));
    Optional<String> drawn = random.nextBoolean() ? Optional.of(fault(random)) : Optional.empty();
    fault
        .map(order -> withSeed(order, seed))
        .or(() -> drawn)
        .ifPresent(it -> options.put("fail", it));
    return options;
  }

  private static String fault(SplittableRandom random) {
    String operation = pick(random, "populate", "map");
    int share = random.nextInt(1, 300);
    return random.nextBoolean()
        ? String.format(
            Locale.ROOT, "%s:rate=%.3f:seed=%d", operation, share / 1e3, random.nextInt(1_000))
        : "%s:nth=%d:times=%d".formatted(operation, share, random.nextInt(1, 20));
  }

  /** A rate without a seed of its own fails other calls with each seed of ours. */
  private static String withSeed(String order, long seed) {
    return order.contains("rate=") && !order.contains("seed=")
        ? "%s:seed=%d".formatted(order, seed)
        : order;
  }

  @SafeVarargs
  private static <T> T pick(SplittableRandom random, T... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
