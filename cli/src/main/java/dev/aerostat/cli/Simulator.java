package dev.aerostat.cli;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.simulation.Boot;
import dev.aerostat.simulation.BootReport;
import dev.aerostat.simulation.BootScenario;
import dev.aerostat.simulation.BootWatcher;
import dev.aerostat.simulation.Replay;
import dev.aerostat.simulation.TrackerKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** What the commands run: the seam between them and the simulation. */
interface Simulator {
  /** Boots, as {@link Boot#run}. */
  BootReport boot(BootScenario scenario, BootWatcher watcher)
      throws HostRefusedException, IOException;

  /** Replays, as {@link Replay#run}. */
  BootReport replay(
      Path trace,
      String mapper,
      Map<String, String> mapperOptions,
      TrackerKind tracker,
      BootWatcher watcher)
      throws HostRefusedException, IOException;

  /**
   * Returns the real one.
   *
   * @return it runs on the virtual clock
   */
  static Simulator onVirtualClock() {
    return new Simulator() {
      @Override
      public BootReport boot(BootScenario scenario, BootWatcher watcher)
          throws HostRefusedException, IOException {
        return Boot.run(scenario, watcher);
      }

      @Override
      public BootReport replay(
          Path trace,
          String mapper,
          Map<String, String> mapperOptions,
          TrackerKind tracker,
          BootWatcher watcher)
          throws HostRefusedException, IOException {
        return Replay.run(trace, mapper, mapperOptions, tracker, watcher);
      }
    };
  }
}
