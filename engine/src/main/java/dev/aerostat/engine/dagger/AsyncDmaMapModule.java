package dev.aerostat.engine.dagger;

import dagger.BindsOptionalOf;
import dagger.Module;
import dagger.Provides;
import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Gate;
import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.AsyncDmaMapBuilder;
import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.engine.EngineListener;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.mapper.spi.DmaMapper;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.function.Function;

/**
 * Provides an {@link AsyncDmaMap}, one a component, from a VMM's own bindings of {@link
 * GuestMemory}, {@link DmaMapper}, {@link Gate}, {@link DeviceInterrupts}, {@link EngineSettings}
 * and {@link EngineListener}.
 *
 * <p>Two more may be bound, and have the builder's defaults if they are not: {@link
 * BalloonSettings}, how the balloon device presents itself, and {@code Function<Granules,
 * BalloonTracker>}, which makes a tracker:
 *
 * <pre>{@code
 * @Provides
 * static Function<Granules, BalloonTracker> tracker() {
 *   return BitmapTracker::new;
 * }
 * }</pre>
 */
@Module
public abstract class AsyncDmaMapModule {
  private AsyncDmaMapModule() {}

  /** What makes a tracker. */
  @BindsOptionalOf
  abstract Function<Granules, BalloonTracker> tracker();

  /** How the balloon device presents itself. */
  @BindsOptionalOf
  abstract BalloonSettings device();

  /**
   * Builds the engine; the VMM starts and closes it.
   *
   * @param memory the guest's RAM
   * @param mapper maps it
   * @param gate keeps the device from doing DMA
   * @param interrupts how the balloon device interrupts its driver
   * @param settings how the engine behaves
   * @param listener hears of progress and refusals
   * @param tracker makes a tracker for granules; the builder's if empty
   * @param device how the balloon device presents itself; the builder's if empty
   * @return ready to be started
   */
  @Provides
  @Singleton
  static AsyncDmaMap asyncDmaMap(
      GuestMemory memory,
      DmaMapper mapper,
      Gate gate,
      DeviceInterrupts interrupts,
      EngineSettings settings,
      EngineListener listener,
      Optional<Function<Granules, BalloonTracker>> tracker,
      Optional<BalloonSettings> device) {
    AsyncDmaMapBuilder builder =
        AsyncDmaMap.builder(memory, mapper, gate)
            .settings(settings)
            .interrupts(interrupts)
            .listener(listener);
    tracker.ifPresent(builder::tracker);
    device.ifPresent(builder::device);
    return builder.build();
  }
}
