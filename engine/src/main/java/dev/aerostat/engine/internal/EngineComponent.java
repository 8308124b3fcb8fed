package dev.aerostat.engine.internal;

import dagger.BindsInstance;
import dagger.Component;
import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Gate;
import dev.aerostat.api.Granules;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.engine.EngineListener;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.engine.VirtioMem;
import dev.aerostat.mapper.spi.DmaMapper;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;

/** One engine's objects. */
@Singleton
@Component(modules = EngineModule.class)
public interface EngineComponent {
  /**
   * Returns the engine, always the same.
   *
   * @return the engine
   */
  AsyncDmaMap engine();

  /** Takes what the VMM brings. */
  @Component.Factory
  interface Factory {
    /**
     * Puts the objects together.
     *
     * @param granules guest memory, by what is mapped at a time
     * @param mapper maps it
     * @param gate lets the devices do DMA
     * @param interrupts to the guest, of the devices that withhold memory
     * @param settings of the engine
     * @param device settings of the balloon device
     * @param mem the virtio-mem device, if there is to be one
     * @param tracker of the balloon
     * @param listener called as things happen
     * @param gatePatience how long a gate may take
     * @return the objects of one engine
     */
    EngineComponent create(
        @BindsInstance Granules granules,
        @BindsInstance DmaMapper mapper,
        @BindsInstance Gate gate,
        @BindsInstance DeviceInterrupts interrupts,
        @BindsInstance EngineSettings settings,
        @BindsInstance BalloonSettings device,
        @BindsInstance Optional<VirtioMem> mem,
        @BindsInstance BalloonTracker tracker,
        @BindsInstance EngineListener listener,
        @BindsInstance Duration gatePatience);
  }
}
