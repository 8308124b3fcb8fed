package dev.aerostat.simulation;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.Pages;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.guest.sim.BalloonDriver;
import dev.aerostat.simulation.trace.QuietPages;
import dev.aerostat.simulation.trace.TraceHeader;
import dev.aerostat.simulation.trace.TraceReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;

/** Replays recorded driver traffic through rings, codec, tracker and engine on a virtual clock. */
public final class Replay {
  private Replay() {}

  /**
   * Runs a recording to its end. A line happens at its recorded time or when its predecessor is
   * acknowledged, whichever is later; the guest does not hear the engine's target.
   *
   * <p>The whole file is read and checked before anything runs.
   *
   * @param trace the recording, plain or compressed with gzip
   * @param mapper name of the mapper plugin
   * @param mapperOptions the plugin's own settings
   * @param watcher hears of progress
   * @return what came of it
   * @throws IOException if the file cannot be read, is not a recording (the message names file,
   *     line, what was found and what was expected), or guest memory cannot be laid out
   * @throws IllegalArgumentException as {@link Boot#run}
   * @throws IllegalStateException if the mapper is not available here
   * @throws HostRefusedException if the mapper cannot be opened
   */
  public static BootReport run(
      Path trace, String mapper, Map<String, String> mapperOptions, BootWatcher watcher)
      throws HostRefusedException, IOException {
    long start = System.nanoTime();
    GuestRange rings = placeForRings(trace);
    try (TraceReader reader = TraceReader.open(trace);
        SparseMemory memory = SparseMemory.allocate(reader.header().ram())) {
      var plan = plan(reader.header(), mapper, mapperOptions);
      var clock = new VirtualClock();
      VirtualHost host = plan.open(clock, memory.guestMemory());
      var bus = new GuestBus(host.device(), host.observer());
      var driver = new BalloonDriver(memory.guestMemory(), bus, rings.start());
      var guest = new RecordedGuest(reader, driver, clock);
      host.connect(guest::onQueueInterrupt, () -> {});
      host.guestTarget(guest::target);
      host.runWhile(guest::hasMore);
      clock.after(0, guest::start);
      host.run(watcher);
      String file = String.valueOf(trace.getFileName());
      return new ReportWriter(plan, file, start).write(host);
    } catch (UncheckedIOException failure) {
      throw failure.getCause();
    }
  }

  private static GuestRange placeForRings(Path trace) throws IOException {
    int pages = (int) Pages.ofBytes(BalloonDriver.RING_BYTES + Pages.SIZE - 1);
    return QuietPages.find(trace, pages)
        .orElseThrow(
            () ->
                new IOException(
                    "%s: no %d neighbouring pages stay out of the balloon, so there is no place for"
                            .formatted(trace, pages)
                        + " the rings of a replay"));
  }

  private static SimulationPlan plan(
      TraceHeader header, String mapper, Map<String, String> mapperOptions) {
    return new SimulationPlan(
        EngineSettings.usualResidentBytes(header.memoryBytes()),
        Pages.SIZE,
        Variant.ASYNC,
        mapper,
        mapperOptions,
        1,
        0);
  }
}
