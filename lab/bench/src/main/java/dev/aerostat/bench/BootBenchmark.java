package dev.aerostat.bench;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.simulation.Boot;
import dev.aerostat.simulation.BootReport;
import dev.aerostat.simulation.BootScenario;
import dev.aerostat.simulation.BootWatcher;
import dev.aerostat.simulation.GuestBehaviour;
import dev.aerostat.simulation.Variant;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A whole simulated boot, observer included, in a JVM that has just started. */
@State(Scope.Thread)
@Fork(1)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class BootBenchmark {
  private static final long DRIVER_LOADS_NANOS = 1_000_000_000;

  /** GiB of guest memory. */
  @Param({"8", "64", "384"})
  public long memoryGib;

  /** KiB of a balloon page. */
  @Param({"4", "2048"})
  public long balloonPageKib;

  /** Boots a stock Linux guest. */
  @Benchmark
  public BootReport boot() throws HostRefusedException, IOException {
    long bytes = memoryGib * UntouchedGuests.GIB;
    var scenario =
        new BootScenario(
            bytes,
            EngineSettings.usualGuestMinimumBytes(bytes),
            balloonPageKib << 10,
            Variant.ASYNC,
            GuestBehaviour.LINUX,
            "sim",
            Map.of(),
            1,
            DRIVER_LOADS_NANOS,
            0);
    return Boot.run(scenario, BootWatcher.none());
  }
}
