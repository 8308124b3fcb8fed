package dev.aerostat.cli.boot;

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
public interface Simulator {
  /**
   * Boots, as {@link Boot#run}.
   *
   * @param scenario what to boot
   * @param watcher told of the progress
   * @return what came of it
   * @throws HostRefusedException as {@link Boot#run}
   * @throws IOException as {@link Boot#run}
   */
  BootReport boot(BootScenario scenario, BootWatcher watcher)
      throws HostRefusedException, IOException;

  /**
   * Replays, as {@link Replay#run}.
   *
   * @param trace a recording
   * @param mapper its name
   * @param mapperOptions its settings
   * @param tracker what keeps the balloon's pages
   * @param watcher told of the progress
   * @return what came of it
   * @throws HostRefusedException as {@link Replay#run}
   * @throws IOException as {@link Replay#run}
   */
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
