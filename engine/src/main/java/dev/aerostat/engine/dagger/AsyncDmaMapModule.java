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
import dev.aerostat.engine.VirtioMem;
import dev.aerostat.mapper.spi.DmaMapper;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.function.Function;

/**
 * Provides an {@link AsyncDmaMap}, one a component, from a VMM's own bindings of {@link
 * GuestMemory}, {@link DmaMapper}, {@link Gate}, {@link DeviceInterrupts}, {@link EngineSettings}
 * and {@link EngineListener}.
 *
 * <p>Three more may be bound, and are as the builder has them if they are not: {@link
 * BalloonSettings}, how the balloon device presents itself, {@link VirtioMem}, a virtio-mem device,
 * and {@code Function<Granules, BalloonTracker>}, which makes a tracker:
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

  /** A virtio-mem device. */
  @BindsOptionalOf
  abstract VirtioMem mem();

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
   * @param mem a virtio-mem device; none if empty
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
      Optional<BalloonSettings> device,
      Optional<VirtioMem> mem) {
    AsyncDmaMapBuilder builder =
        AsyncDmaMap.builder(memory, mapper, gate)
            .settings(settings)
            .interrupts(interrupts)
            .listener(listener);
    tracker.ifPresent(builder::tracker);
    device.ifPresent(builder::device);
    mem.ifPresent(builder::virtioMem);
    return builder.build();
  }
}
