package dev.aerostat.simulation;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.engine.EngineSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.Function;

/** The scenarios that the tests start from, and a short way to run one. */
final class Scenarios {
  static final long GIB = 1L << 30;
  static final long SMALL = 4L << 10;
  static final long HUGE = 2L << 20;

  private Scenarios() {}

  static BootScenario boot(long memoryBytes, long balloonPageBytes, Variant variant) {
    return new BootScenario(
        memoryBytes,
        EngineSettings.usualGuestMinimumBytes(memoryBytes),
        balloonPageBytes,
        variant,
        GuestBehaviour.LINUX,
        "sim",
        Map.of(),
        1,
        1_000_000_000L,
        0);
  }

  static BootScenario with(BootScenario scenario, GuestBehaviour guest, int threads, long seed) {
    return new BootScenario(
            scenario.memoryBytes(),
            scenario.guestMinimumBytes(),
            scenario.balloonPageBytes(),
            scenario.variant(),
            guest,
            scenario.mapper(),
            scenario.mapperOptions(),
            threads,
            scenario.driverAfterNanos(),
            seed)
        .withWithholding(scenario.withholding());
  }

  static BootScenario withOptions(BootScenario scenario, Map<String, String> mapperOptions) {
    return new BootScenario(
            scenario.memoryBytes(),
            scenario.guestMinimumBytes(),
            scenario.balloonPageBytes(),
            scenario.variant(),
            scenario.guest(),
            scenario.mapper(),
            mapperOptions,
            scenario.prefaultThreads(),
            scenario.driverAfterNanos(),
            scenario.seed())
        .withWithholding(scenario.withholding());
  }

  static BootScenario flooded(
      long memoryBytes,
      Variant variant,
      GuestBehaviour guest,
      int threads,
      long driverAfterNanos,
      long seed) {
    return new BootScenario(
        memoryBytes,
        EngineSettings.usualGuestMinimumBytes(memoryBytes),
        SMALL,
        variant,
        guest,
        "sim",
        Map.of(),
        threads,
        driverAfterNanos,
        seed);
  }

  static BootReport run(BootScenario scenario) {
    return run(scenario, EventThread::new);
  }

  static BootReport run(BootScenario scenario, Function<VirtualClock, EventThread> thread) {
    try {
      return Boot.run(scenario, BootWatcher.none(), thread);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (HostRefusedException refusal) {
      throw new AssertionError("a simulated mapper always opens", refusal);
    }
  }

  static long dmaReady(BootReport report) {
    return report.timeline().dmaReadyNanos().orElseThrow();
  }
}
