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
  /** Returns the engine, always the same. */
  AsyncDmaMap engine();

  /** Takes what the VMM brings. */
  @Component.Factory
  interface Factory {
    /** Puts the objects together. */
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
