package dev.aerostat.simulation;

import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.Pages;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.mapper.spi.MapperProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Replays recorded driver traffic through rings, codec, tracker and engine: on a virtual clock if
 * the mapper is {@link MapperProvider#simulated() simulated}, else in real time on real memory.
 */
public final class Replay {
  private Replay() {}

  /**
   * Runs a recording to its end. A line happens at its recorded time or when its predecessor is
   * acknowledged, whichever is later; the guest does not hear the engine's target.
   *
   * <p>The whole file is read and checked before anything runs. On a mapper that is not simulated
   * as much memory as the recorded guest had is allocated, populated and mapped.
   *
   * @param trace the recording, plain or compressed with gzip
   * @param mapper name of the mapper plugin
   * @param mapperOptions the plugin's own settings
   * @param watcher hears of progress
   * @return what came of it
   * @throws IOException if the file cannot be read, is not a recording (the message names file,
   *     line, what was found and what was expected), or this host has no room for the guest's
   *     memory
   * @throws IllegalArgumentException as {@link Boot#run}
   * @throws IllegalStateException if the mapper is not available here, or needs native access and
   *     has none
   * @throws HostRefusedException if the mapper cannot be opened
   */
  public static BootReport run(
      Path trace, String mapper, Map<String, String> mapperOptions, BootWatcher watcher)
      throws HostRefusedException, IOException {
    return run(trace, mapper, mapperOptions, TrackerKind.INTERVAL_TREE, watcher);
  }

  /**
   * Runs a recording to its end, as {@link #run(Path, String, Map, BootWatcher)} does, with a
   * tracker of the caller's choice.
   *
   * @param trace the recording, plain or compressed with gzip
   * @param mapper name of the mapper plugin
   * @param mapperOptions the plugin's own settings
   * @param tracker what keeps the balloon's pages
   * @param watcher hears of progress
   * @return what came of it
   * @throws IOException if the file cannot be read or is not a recording, or this host has no room
   * @throws IllegalArgumentException as {@link Boot#run}
   * @throws IllegalStateException if the mapper is not available here
   * @throws HostRefusedException if the mapper cannot be opened
   */
  public static BootReport run(
      Path trace,
      String mapper,
      Map<String, String> mapperOptions,
      TrackerKind tracker,
      BootWatcher watcher)
      throws HostRefusedException, IOException {
    RecordedTraffic recording = RecordedTraffic.open(trace);
    SimulationPlan plan = plan(recording, mapper, mapperOptions, tracker);
    try {
      return plan.simulated()
          ? simulate(recording, plan, watcher)
          : RealTimeReplay.run(recording, plan, watcher);
    } catch (UncheckedIOException failure) {
      throw failure.getCause();
    }
  }

  private static BootReport simulate(
      RecordedTraffic recording, SimulationPlan plan, BootWatcher watcher)
      throws HostRefusedException, IOException {
    long start = System.nanoTime();
    var clock = new VirtualClock();
    try (SparseMemory memory = SparseMemory.allocate(recording.ram())) {
      VirtualHost host = plan.open(clock, memory.guestMemory());
      var bus = new GuestBus(host.device(), host.observer());
      try (RecordedGuest guest = recording.wake(memory.guestMemory(), bus, clock)) {
        host.connect(guest::onQueueInterrupt, () -> {});
        host.guestTarget(guest::target);
        host.runWhile(guest::hasMore);
        clock.after(0, guest::start);
        host.run(watcher);
        return new ReportWriter(plan, recording.name(), start).write(host);
      }
    }
  }

  private static SimulationPlan plan(
      RecordedTraffic recording,
      String mapper,
      Map<String, String> mapperOptions,
      TrackerKind tracker) {
    return new SimulationPlan(
        EngineSettings.usualGuestMinimumBytes(recording.memoryBytes()),
        Pages.SIZE,
        Variant.ASYNC,
        mapper,
        mapperOptions,
        1,
        0,
        tracker,
        Optional.empty());
  }
}
