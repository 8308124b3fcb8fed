package dev.aerostat.engine.internal;

import dagger.Binds;
import dagger.Module;
import dagger.Provides;
import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.balloon.virtio.device.BalloonDevice;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.engine.VirtioMem;
import dev.aerostat.engine.core.CoreSettings;
import dev.aerostat.engine.core.EngineCommands;
import dev.aerostat.engine.core.EngineCore;
import dev.aerostat.engine.core.PlugPlan;
import dev.aerostat.engine.events.EngineEvents;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mem.virtio.device.MemDevice;
import jakarta.inject.Singleton;
import java.util.Optional;

@Module
interface EngineModule {
  @Binds
  AsyncDmaMap engine(ThreadedEngine engine);

  @Binds
  EngineCommands commands(ThreadedCommands commands);

  @Provides
  @Singleton
  static BalloonDevice device(
      BalloonSettings settings,
      Granules granules,
      DeviceInterrupts interrupts,
      Inbox inbox,
      ShutDevice shut,
      EngineEvents events) {
    var transport = new InboxTransport("the balloon device", interrupts, inbox, shut, events);
    return new BalloonDevice(settings, granules.memory(), transport);
  }

  @Provides
  @Singleton
  static Optional<MemDevice> mem(
      Optional<VirtioMem> mem,
      Granules granules,
      Inbox inbox,
      ShutDevice shut,
      EngineEvents events) {
    return mem.map(
        it ->
            new MemDevice(
                it.settings(),
                granules.memory(),
                new InboxTransport("the virtio-mem device", it.interrupts(), inbox, shut, events)));
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
      Optional<VirtioMem> mem,
      EngineSettings settings,
      DmaMapper mapper,
      EngineCommands commands) {
    PlugPlan plugPlan = mem.map(it -> PlugPlan.of(granules, it.settings())).orElse(PlugPlan.NONE);
    return new EngineCore(
        granules, tracker, plugPlan, CoreSettings.of(settings, mapper.limits()), commands);
  }
}
