package com.example.wiring;

import dagger.Module;
import dagger.Provides;
import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.engine.EngineListener;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.tracker.BitmapTracker;
import java.util.function.Function;

/** What the VMM binds. The last two it need not: the engine has defaults for them. */
@Module
interface VmmModule {
  int QUEUE_SIZE = 64;

  @Provides
  static EngineSettings settings(GuestMemory memory) {
    return EngineSettings.builder(memory).prefaultThreads(2).build();
  }

  @Provides
  static EngineListener listener() {
    return EngineListener.none();
  }

  @Provides
  static DeviceInterrupts interrupts() {
    return new DeviceInterrupts() {
      @Override
      public void queue(int queue) {}

      @Override
      public void config() {}
    };
  }

  @Provides
  static Function<Granules, BalloonTracker> tracker() {
    return BitmapTracker::new;
  }

  @Provides
  static BalloonSettings device() {
    return BalloonSettings.defaults().withQueueSize(QUEUE_SIZE);
  }
}
