package dev.aerostat.engine.dagger;

import dagger.Module;
import dagger.Provides;
import dev.aerostat.api.Gate;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.engine.EngineListener;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.mapper.spi.DmaMapper;
import jakarta.inject.Singleton;

/**
 * Provides an {@link AsyncDmaMap}, one a component, from a VMM's own bindings of {@link
 * GuestMemory}, {@link DmaMapper}, {@link Gate}, {@link DeviceInterrupts}, {@link EngineSettings}
 * and {@link EngineListener}.
 */
@Module
public final class AsyncDmaMapModule {
  private AsyncDmaMapModule() {}

  /**
   * Builds the engine; the VMM starts and closes it.
   *
   * @param memory the guest's RAM
   * @param mapper maps it
   * @param gate keeps the device from doing DMA
   * @param interrupts how the balloon device interrupts its driver
   * @param settings how the engine behaves
   * @param listener hears of progress and refusals
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
      EngineListener listener) {
    return AsyncDmaMap.builder(memory, mapper, gate)
        .settings(settings)
        .interrupts(interrupts)
        .listener(listener)
        .build();
  }
}
