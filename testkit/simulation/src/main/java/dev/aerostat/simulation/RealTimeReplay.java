package dev.aerostat.simulation;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.memory.linux.LinuxGuestMemory;
import dev.aerostat.memory.linux.MemoryBacking;
import java.io.IOException;
import java.util.function.UnaryOperator;

/**
 * Replays a recording on a mapper of this host: real memory, which is populated and pinned, the
 * engine's own threads, and the time that it all takes.
 */
final class RealTimeReplay {
  private RealTimeReplay() {}

  static BootReport run(RecordedTraffic recording, SimulationPlan plan, BootWatcher watcher)
      throws HostRefusedException, IOException {
    long start = System.nanoTime();
    HostRoom.ofThisHost().require(recording);
    try (var memory =
            LinuxGuestMemory.allocate(recording.ram(), new MemoryBacking.Anonymous(true));
        RealTimeHost host = open(plan, memory.guestMemory())) {
      run(recording, host, memory.guestMemory(), watcher);
      return new ReportWriter(plan, recording.name(), start).write(host);
    }
  }

  private static RealTimeHost open(SimulationPlan plan, GuestMemory memory)
      throws HostRefusedException {
    EngineSettings settings = plan.engineSettings(memory);
    DmaMapper mapper = plan.openMapper(memory);
    try {
      return new RealTimeHost(
          memory,
          mapper,
          settings,
          UnaryOperator.identity(),
          builder -> builder.tracker(plan.tracker()::create));
    } catch (RuntimeException refused) {
      mapper.close();
      throw refused;
    }
  }

  private static void run(
      RecordedTraffic recording, RealTimeHost host, GuestMemory memory, BootWatcher watcher)
      throws IOException {
    var bus = new GuestBus(host.device(), host.observer());
    try (RecordedGuest guest = recording.wake(memory, bus, host)) {
      host.connect(guest::onQueueInterrupt, () -> {});
      host.guestBalloon(guest::balloonedPages, guest::target);
      host.after(0, guest::start);
      host.run(guest::hasMore, watcher);
    }
  }
}
