package dev.aerostat.engine.internal;

import dagger.Binds;
import dagger.Module;
import dagger.Provides;
import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.balloon.virtio.device.BalloonDevice;
import dev.aerostat.balloon.virtio.device.BalloonTransport;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.engine.core.CoreSettings;
import dev.aerostat.engine.core.EngineCommands;
import dev.aerostat.engine.core.EngineCore;
import dev.aerostat.engine.events.EngineEvents;
import dev.aerostat.mapper.spi.DmaMapper;
import jakarta.inject.Singleton;

@Module
interface EngineModule {
  @Binds
  AsyncDmaMap engine(ThreadedEngine engine);

  @Binds
  BalloonTransport transport(InboxTransport transport);

  @Binds
  EngineCommands commands(ThreadedCommands commands);

  @Provides
  @Singleton
  static BalloonDevice device(
      BalloonSettings settings, Granules granules, BalloonTransport transport) {
    return new BalloonDevice(settings, granules.memory(), transport);
  }

  @Provides
  @Singleton
  static EngineEvents events(SafeListener listener) {
    return new EngineEvents(System::nanoTime, listener);
  }

  @Provides
  @Singleton
  static EngineCore core(
      Granules granules,
      BalloonTracker tracker,
      EngineSettings settings,
      DmaMapper mapper,
      EngineCommands commands) {
    return new EngineCore(granules, tracker, CoreSettings.of(settings, mapper.limits()), commands);
  }
}
