package dev.aerostat.simulation;

import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.engine.GranulePlan;
import dev.aerostat.engine.Strategy;
import dev.aerostat.engine.core.CoreSettings;
import dev.aerostat.mapper.spi.CostMeter;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.InstalledMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.mem.virtio.MemSettings;
import java.util.Map;
import java.util.Optional;

/**
 * What a boot and a replay decide before anything runs. Immutable.
 *
 * @param guestMinimumBytes what is never asked of the balloon
 * @param balloonPageBytes what the guest balloons at a time
 * @param variant how memory is mapped
 * @param mapper name of the mapper plugin
 * @param mapperOptions the plugin's own settings
 * @param prefaultThreads host threads that populate and map
 * @param seed decides everything that is random
 * @param tracker what keeps the balloon's pages
 * @param region what a virtio-mem device has, if there is one
 */
record SimulationPlan(
    long guestMinimumBytes,
    long balloonPageBytes,
    Variant variant,
    String mapper,
    Map<String, String> mapperOptions,
    int prefaultThreads,
    long seed,
    TrackerKind tracker,
    Optional<GuestRange> region) {
  /** Plans a boot without a virtio-mem device. */
  static SimulationPlan of(BootScenario scenario) {
    return of(scenario, scenario.guestMinimumBytes(), Optional.empty());
  }

  /** Plans the boot of a guest that plugs its memory. */
  static SimulationPlan of(BootScenario scenario, GuestLayout.Pluggable layout) {
    return of(scenario, layout.bootBytes(), Optional.of(layout.region()));
  }

  private static SimulationPlan of(
      BootScenario scenario, long guestMinimumBytes, Optional<GuestRange> region) {
    return new SimulationPlan(
        guestMinimumBytes,
        scenario.balloonPageBytes(),
        scenario.variant(),
        scenario.mapper(),
        scenario.mapperOptions(),
        scenario.prefaultThreads(),
        scenario.seed(),
        scenario.tracker(),
        region);
  }

  Withholding withholding() {
    return region.isPresent() ? Withholding.VIRTIO_MEM : Withholding.BALLOON;
  }

  /**
   * Returns whether the mapper's host is simulated.
   *
   * @throws IllegalArgumentException if there is no such mapper
   */
  boolean simulated() {
    return find().simulated();
  }

  /** Opens the mapper in real time. */
  DmaMapper openMapper(GuestMemory memory) throws HostRefusedException {
    return find()
        .open(new MapperRequest(memory, mapperOptions, prefaultThreads, CostMeter.realTime()));
  }

  /**
   * Opens the mapper and puts engine and device on the clock.
   *
   * @throws IllegalArgumentException if the mapper is not simulated
   */
  VirtualHost open(VirtualClock clock, GuestMemory memory) throws HostRefusedException {
    return open(clock, new EventThread(clock), memory, VirtualPlugs::new);
  }

  /** Opens the same with an event thread and a virtio-mem device of one's own. */
  VirtualHost open(
      VirtualClock clock, EventThread thread, GuestMemory memory, VirtualPlugs.Factory plugs)
      throws HostRefusedException {
    InstalledMapper found = find();
    // One that is broken cannot say what it is: opening it shows why.
    if (!found.simulated() && found.failure().isEmpty()) {
      throw new IllegalArgumentException(
          "mapper '%s' maps for real, and this is a simulation: choose a mapper such as sim; to see"
                  .formatted(mapper)
              + " '%1$s' at work use 'aerostat replay FILE --mapper %1$s' or 'aerostat selftest --mapper %1$s'"
                  .formatted(mapper));
    }
    var meter = new VirtualMeter();
    DmaMapper opened = found.open(new MapperRequest(memory, mapperOptions, prefaultThreads, meter));
    try {
      EngineSettings settings = engineSettings(memory);
      MapperLimits limits = opened.limits();
      Granules granules = plan(memory, limits, settings);
      return new VirtualHost(
          clock,
          thread,
          granules,
          tracker.create(granules),
          opened,
          meter,
          CoreSettings.of(settings, limits),
          BalloonSettings.defaults().withMergePages(variant.merge()),
          region.map(it -> plugs.of(MemSettings.of(it), memory, clock, thread)));
    } catch (RuntimeException refused) {
      opened.close();
      throw refused;
    }
  }

  private InstalledMapper find() {
    return MapperProvider.named(mapper)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown mapper '%s': found %s".formatted(mapper, MapperProvider.installed())));
  }

  EngineSettings engineSettings(GuestMemory memory) {
    return EngineSettings.builder(memory)
        .strategy(variant.async() ? Strategy.ASYNC : Strategy.SYNC)
        .preMap(variant.preMap())
        .guestMinimumBytes(guestMinimumBytes)
        .prefaultThreads(prefaultThreads)
        .build();
  }

  private Granules plan(GuestMemory memory, MapperLimits limits, EngineSettings settings) {
    return variant.merge()
        ? GranulePlan.of(memory, limits, settings.reservedEntries())
        : GranulePlan.unmerged(memory, limits);
  }
}
