package dev.aerostat.simulation;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.guest.sim.BalloonPage;
import dev.aerostat.guest.sim.DriverBehaviour;
import dev.aerostat.guest.sim.Flood;
import dev.aerostat.guest.sim.FloodingGuest;
import dev.aerostat.guest.sim.GuestProfile;
import dev.aerostat.guest.sim.PluggingGuest;
import dev.aerostat.guest.sim.SimulatedGuest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Simulates one boot on a virtual clock. */
public final class Boot {
  private static final long HUGE_PAGE_BYTES = 2L << 20;

  private Boot() {}

  /**
   * Runs a boot to its end: until nothing happens any more, or only what repeats forever.
   *
   * @param scenario what to simulate
   * @param watcher hears of progress
   * @return what came of it
   * @throws IllegalArgumentException if the scenario cannot be: an unknown mapper (the message
   *     lists those found), an option it does not know, a size out of range, or memory that the
   *     mapper cannot hold
   * @throws IllegalStateException if the mapper is not available here
   * @throws HostRefusedException if the mapper cannot be opened
   * @throws IOException if guest memory cannot be laid out
   */
  public static BootReport run(BootScenario scenario, BootWatcher watcher)
      throws HostRefusedException, IOException {
    return run(scenario, watcher, EventThread::new);
  }

  /** Runs the same on an event thread of one's own. */
  static BootReport run(
      BootScenario scenario, BootWatcher watcher, Function<VirtualClock, EventThread> thread)
      throws HostRefusedException, IOException {
    return run(scenario, watcher, thread, VirtualPlugs::new);
  }

  /** Runs the same with a virtio-mem device of one's own, too. */
  static BootReport run(
      BootScenario scenario,
      BootWatcher watcher,
      Function<VirtualClock, EventThread> thread,
      VirtualPlugs.Factory plugs)
      throws HostRefusedException, IOException {
    long start = System.nanoTime();
    Optional<GuestLayout.Pluggable> layout = layout(scenario);
    SimulationPlan plan =
        layout
            .map(it -> SimulationPlan.of(scenario, it))
            .orElseGet(() -> SimulationPlan.of(scenario));
    List<GuestRange> ram =
        layout
            .map(GuestLayout.Pluggable::all)
            .orElseGet(() -> GuestLayout.q35(scenario.memoryBytes()));
    try (SparseMemory memory = SparseMemory.allocate(ram)) {
      var clock = new VirtualClock();
      VirtualHost host = plan.open(clock, thread.apply(clock), memory.guestMemory(), plugs);
      if (scenario.guest() != GuestBehaviour.NONE) {
        addGuest(scenario, clock, host, memory);
      }
      host.run(watcher);
      return new ReportWriter(plan, scenario.guest().toString(), start).write(host);
    }
  }

  private static Optional<GuestLayout.Pluggable> layout(BootScenario scenario) {
    return switch (scenario.withholding()) {
      case BALLOON -> Optional.empty();
      case VIRTIO_MEM ->
          Optional.of(GuestLayout.pluggable(scenario.memoryBytes(), scenario.guestMinimumBytes()));
    };
  }

  private static void addGuest(
      BootScenario scenario, VirtualClock clock, VirtualHost host, SparseMemory memory) {
    Runnable load =
        switch (scenario.withholding()) {
          case BALLOON -> balloonDriver(scenario, clock, host, memory);
          case VIRTIO_MEM -> plugDriver(clock, host, memory);
        };
    host.runWhile(() -> clock.now() < scenario.driverAfterNanos());
    clock.after(scenario.driverAfterNanos(), load);
  }

  private static Runnable plugDriver(VirtualClock clock, VirtualHost host, SparseMemory memory) {
    var bus = new MemBus(host.plugs().device().registers(), host.observer());
    var guest = new PluggingGuest(memory.guestMemory(), bus, clock);
    host.plugs().connect(guest::onInterrupt);
    return () -> {
      host.plugDriverReady();
      guest.load();
    };
  }

  private static Runnable balloonDriver(
      BootScenario scenario, VirtualClock clock, VirtualHost host, SparseMemory memory) {
    var bus = new GuestBus(host.device(), host.observer());
    Optional<Flood> flood = scenario.guest().flood();
    if (flood.isPresent()) {
      var guest =
          new FloodingGuest(
              memory.guestMemory(), bus, clock, flood.get(), scenario.seed(), host::wishDma);
      host.connect(guest::onQueueInterrupt, () -> {});
      host.guestEndsOnlyBy(guest::stop);
      return guest::load;
    } else {
      var guest = new SimulatedGuest(memory.guestMemory(), bus, clock, profile(scenario));
      host.connect(guest::onQueueInterrupt, guest::onConfigInterrupt);
      return guest::load;
    }
  }

  private static GuestProfile profile(BootScenario scenario) {
    boolean huge = scenario.balloonPageBytes() == HUGE_PAGE_BYTES;
    return GuestProfile.of(behaviour(scenario.guest()))
        .withBalloonPage(huge ? BalloonPage.HUGE : BalloonPage.SMALL)
        .withSeed(scenario.seed());
  }

  private static DriverBehaviour behaviour(GuestBehaviour guest) {
    return switch (guest) {
      case LINUX -> DriverBehaviour.LINUX;
      case STALLS -> DriverBehaviour.STALLS;
      case PRESSURED -> DriverBehaviour.PRESSURED;
      case NONE, FLOOD_INFLATES, FLOOD_CHURN, FLOOD_RESETS, FLOOD_KICKS, FLOOD_BUS_MASTERING ->
          throw new IllegalArgumentException(guest + " has no driver like Linux's");
    };
  }
}
