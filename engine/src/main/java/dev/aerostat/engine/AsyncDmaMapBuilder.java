package dev.aerostat.engine;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Gate;
import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.engine.internal.DaggerEngineComponent;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import dev.aerostat.tracker.IntervalTreeTracker;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** Puts an {@link AsyncDmaMap} together. Not thread-safe. */
public final class AsyncDmaMapBuilder {
  private final GuestMemory memory;
  private final DmaMapper mapper;
  private final Gate gate;
  private EngineSettings settings;
  private BalloonSettings device = BalloonSettings.defaults();
  private Function<Granules, BalloonTracker> tracker = IntervalTreeTracker::new;
  private Optional<VirtioMem> mem = Optional.empty();
  private EngineListener listener = EngineListener.none();
  private Duration gatePatience = Duration.ofSeconds(10);
  private DeviceInterrupts interrupts =
      new DeviceInterrupts() {
        @Override
        public void queue(int queue) {}

        @Override
        public void config() {}
      };

  AsyncDmaMapBuilder(GuestMemory memory, DmaMapper mapper, Gate gate) {
    this.memory = Objects.requireNonNull(memory, "memory");
    this.mapper = Objects.requireNonNull(mapper, "mapper");
    this.gate = Objects.requireNonNull(gate, "gate");
    this.settings = EngineSettings.forMemory(memory);
  }

  /**
   * Changes how the engine behaves.
   *
   * @param value the settings
   * @return this
   */
  public AsyncDmaMapBuilder settings(EngineSettings value) {
    settings = Objects.requireNonNull(value, "settings");
    return this;
  }

  /**
   * Changes how the balloon device presents itself.
   *
   * @param value the settings
   * @return this
   */
  public AsyncDmaMapBuilder device(BalloonSettings value) {
    device = Objects.requireNonNull(value, "device");
    return this;
  }

  /**
   * Adds a virtio-mem device. Its region is withheld from the guest until the guest plugs it, and
   * the gate need not wait for it.
   *
   * @param value the device; its region lies in the guest's memory, where it may be a part of a
   *     region, and the guest's firmware does not list it as RAM
   * @return this
   */
  public AsyncDmaMapBuilder virtioMem(VirtioMem value) {
    mem = Optional.of(value);
    return this;
  }

  /**
   * Sets how the device interrupts its driver. Without it a driver must poll.
   *
   * @param value the VMM's bus
   * @return this
   */
  public AsyncDmaMapBuilder interrupts(DeviceInterrupts value) {
    interrupts = Objects.requireNonNull(value, "interrupts");
    return this;
  }

  /**
   * Exchanges the tracker. Without it the engine has an {@link IntervalTreeTracker}; {@code
   * BitmapTracker::new} is for guests whose memory is known to be fragmented.
   *
   * @param value makes an empty tracker for granules
   * @return this
   */
  public AsyncDmaMapBuilder tracker(Function<Granules, BalloonTracker> value) {
    tracker = Objects.requireNonNull(value, "tracker");
    return this;
  }

  /**
   * Sets who hears of progress and refusals.
   *
   * @param value the listener
   * @return this
   */
  public AsyncDmaMapBuilder listener(EngineListener value) {
    listener = Objects.requireNonNull(value, "listener");
    return this;
  }

  /**
   * Changes how long {@link AsyncDmaMap#close} waits for a change of the gate: 10 seconds unless
   * told otherwise.
   *
   * @param value greater than 0
   * @return this
   * @throws IllegalArgumentException if it is not greater than 0
   */
  public AsyncDmaMapBuilder gatePatience(Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(
          "a gate needs time to close: expected a duration greater than 0, not " + value);
    }
    gatePatience = value;
    return this;
  }

  /**
   * Plans the granules and builds. Nothing is mapped yet. If this throws, the mapper is still the
   * caller's to close; it belongs to what is built only once this has returned.
   *
   * @return ready to be started
   * @throws IllegalArgumentException if the mapper cannot hold the guest's memory, as {@link
   *     GranulePlan#of} says, this process may not lock so much (RLIMIT_MEMLOCK, where the mapper
   *     can tell), the guest minimum is larger than memory, or a virtio-mem device's region is not
   *     all memory of the guest
   */
  public AsyncDmaMap build() {
    if (settings.guestMinimumBytes() > memory.bytes()) {
      throw new IllegalArgumentException(
          "a guest minimum of %d bytes is larger than the guest's memory of %d"
              .formatted(settings.guestMinimumBytes(), memory.bytes()));
    }
    MapperLimits limits = mapper.limits();
    if (limits.lockableBytes() < memory.bytes()) {
      throw new IllegalArgumentException(
          "this process may lock %d bytes more, and mapping locks all of the guest's memory, %d bytes;"
                  .formatted(limits.lockableBytes(), memory.bytes())
              + " raise RLIMIT_MEMLOCK by the difference (ulimit -l, in KiB) or grant CAP_IPC_LOCK");
    }
    GuestMemory cut = mem.map(it -> RegionCut.at(memory, it.settings().region())).orElse(memory);
    Granules granules = GranulePlan.of(cut, limits, settings.reservedEntries());
    return DaggerEngineComponent.factory()
        .create(
            granules,
            mapper,
            gate,
            interrupts,
            settings,
            device,
            mem,
            tracker.apply(granules),
            listener,
            gatePatience)
        .engine();
  }
}
