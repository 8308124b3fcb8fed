package dev.aerostat.cli.boot;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.cli.text.ByteSize;
import dev.aerostat.cli.text.CommandFailedException;
import dev.aerostat.simulation.BootScenario;
import dev.aerostat.simulation.BootWatcher;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** Boots every variant with every size of memory, as many at a time as there are cores. */
final class Comparison {
  private final Simulator simulator;
  private final Runnable trialDone;

  /**
   * Prepares a comparison.
   *
   * @param simulator runs the boots, several at once
   * @param trialDone called from several threads, after each
   */
  Comparison(Simulator simulator, Runnable trialDone) {
    this.simulator = simulator;
    this.trialDone = trialDone;
  }

  /**
   * Runs all of them.
   *
   * @param memories the sizes, each once
   * @return in the order of sizes, then of variants, whichever ended first
   * @throws java.util.concurrent.CompletionException if one could not run to its end; its cause is
   *     a {@link CommandFailedException} that names the run
   */
  List<ComparedBoot> run(List<ByteSize> memories) {
    ExecutorService cores =
        Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors(), Thread.ofPlatform().daemon().factory());
    try {
      return started(memories, cores).stream()
          .map(CompletableFuture::join)
          .sorted(
              Comparator.comparingInt((ComparedBoot trial) -> memories.indexOf(trial.memory()))
                  .thenComparing(ComparedBoot::variant))
          .toList();
    } finally {
      cores.shutdownNow();
    }
  }

  /** The largest first, so that no core is left alone with a long one at the end. */
  private List<CompletableFuture<ComparedBoot>> started(
      List<ByteSize> memories, ExecutorService cores) {
    return memories.stream()
        .sorted(Comparator.comparingLong(ByteSize::bytes).reversed())
        .flatMap(
            memory -> Stream.of(ComparedVariant.values()).map(way -> start(way, memory, cores)))
        .toList();
  }

  private CompletableFuture<ComparedBoot> start(
      ComparedVariant variant, ByteSize memory, ExecutorService cores) {
    return CompletableFuture.supplyAsync(() -> trial(variant, variant.scenario(memory)), cores);
  }

  private ComparedBoot trial(ComparedVariant variant, BootScenario scenario) {
    var trial = new ComparedBoot(variant, scenario, outcome(variant, scenario));
    trialDone.run();
    return trial;
  }

  private ComparedBoot.Outcome outcome(ComparedVariant variant, BootScenario scenario) {
    try {
      return new ComparedBoot.Outcome.Ran(simulator.boot(scenario, BootWatcher.none()));
    } catch (IllegalArgumentException noPlanFits) {
      return new ComparedBoot.Outcome.Infeasible(String.valueOf(noPlanFits.getMessage()));
    } catch (HostRefusedException | IOException failure) {
      throw new CommandFailedException(
          "%s with %s: %s"
              .formatted(variant, new ByteSize(scenario.memoryBytes()), failure.getMessage()),
          failure);
    }
  }
}
