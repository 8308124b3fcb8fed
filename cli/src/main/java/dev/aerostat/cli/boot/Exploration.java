package dev.aerostat.cli.boot;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.simulation.BootReport;
import dev.aerostat.simulation.BootScenario;
import dev.aerostat.simulation.EventDigest;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.stream.IntStream;

/** Boots many seeds, as many at a time as there are cores, each twice. */
final class Exploration {
  private final Simulator simulator;
  private final LongFunction<BootScenario> scenarios;
  private final Runnable seedDone;
  private final ConcurrentSkipListMap<Long, FailedSeed> failed = new ConcurrentSkipListMap<>();
  private volatile boolean broken;

  /**
   * Prepares an exploration, which runs once.
   *
   * @param simulator runs the boots, several at once
   * @param scenarios the boot of each seed
   * @param seedDone called from several threads, after each
   */
  Exploration(Simulator simulator, LongFunction<BootScenario> scenarios, Runnable seedDone) {
    this.simulator = simulator;
    this.scenarios = scenarios;
    this.seedDone = seedDone;
  }

  /**
   * A seed whose boot broke a rule, ended as it must not, or did not repeat.
   *
   * @param scenario its boot
   * @param reason what was wrong, in words
   */
  record FailedSeed(BootScenario scenario, String reason) {}

  /**
   * Runs seeds in ascending order until one fails; those before it are run to their end.
   *
   * @param first the first seed
   * @param end the first seed not to be run
   * @return the smallest that failed: the same, however many cores there are
   * @throws java.util.concurrent.CompletionException if one could not run, as for want of memory
   */
  Optional<FailedSeed> run(long first, long end) {
    int workers = Runtime.getRuntime().availableProcessors();
    ExecutorService cores =
        Executors.newFixedThreadPool(workers, Thread.ofPlatform().daemon().factory());
    var next = new AtomicLong(first);
    try {
      CompletableFuture.allOf(
              IntStream.range(0, workers)
                  .mapToObj(_ -> CompletableFuture.runAsync(() -> work(next, end), cores))
                  .toArray(CompletableFuture[]::new))
          .join();
    } finally {
      cores.shutdownNow();
    }
    return Optional.ofNullable(failed.firstEntry()).map(Map.Entry::getValue);
  }

  private void work(AtomicLong next, long end) {
    boolean workedToTheEnd = false;
    try {
      while (failed.isEmpty() && !broken) {
        long seed = next.getAndUpdate(it -> Math.min(it + 1, end));
        if (seed == end) {
          break;
        }
        work(scenarios.apply(seed));
      }
      workedToTheEnd = true;
    } finally {
      if (!workedToTheEnd) {
        broken = true;
      }
    }
  }

  private void work(BootScenario scenario) {
    failure(scenario)
        .ifPresent(reason -> failed.put(scenario.seed(), new FailedSeed(scenario, reason)));
    seedDone.run();
  }

  /** Whatever a boot throws is a fault of its seed, except that this machine is too small. */
  private Optional<String> failure(BootScenario scenario) {
    try {
      var once = new EventDigest();
      var again = new EventDigest();
      BootReport report = simulator.boot(scenario, once);
      BootReport _ = simulator.boot(scenario, again);
      return Verdict.failure(report)
          .or(() -> Verdict.unfinished(report, scenario.guest()))
          .or(() -> difference(once, again));
    } catch (HostRefusedException | IOException | RuntimeException | AssertionError failure) {
      return Optional.of("it threw " + failure);
    }
  }

  private static Optional<String> difference(EventDigest once, EventDigest again) {
    return once.toString().equals(again.toString())
        ? Optional.empty()
        : Optional.of(
            "its two runs differ, with digests %s of %d events and %s of %d: write both with --trace, and compare them"
                .formatted(once, once.events(), again, again.events()));
  }
}
