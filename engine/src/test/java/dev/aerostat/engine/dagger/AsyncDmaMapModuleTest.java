package dev.aerostat.engine.dagger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Gate;
import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.engine.EngineListener;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.mapper.sim.SimulatedHost;
import dev.aerostat.mapper.sim.SimulatedMapper;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.tracker.BitmapTracker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What a component binds goes into the engine; lab/outside has such a component. */
final class AsyncDmaMapModuleTest {
  private static final int QUEUE_SIZE = 16;

  private final List<BalloonTracker> made = new ArrayList<>();

  private int queueSizeOf(
      Optional<Function<Granules, BalloonTracker>> tracker, Optional<BalloonSettings> device)
      throws IOException {
    try (SparseMemory ram = SparseMemory.allocate(List.of(new GuestRange(0, 2 << 20)));
        AsyncDmaMap engine =
            AsyncDmaMapModule.asyncDmaMap(
                ram.guestMemory(),
                SimulatedMapper.open(SimulatedHost.typical(), MapperRequest.of(ram.guestMemory())),
                Gate.ofNoDevice(),
                new NoInterrupts(),
                EngineSettings.builder(ram.guestMemory()).build(),
                EngineListener.none(),
                tracker,
                device,
                Optional.empty())) {
      return engine.device().maxQueueSize(0);
    }
  }

  @Test
  void aBoundTrackerAndBoundSettingsAreUsed() throws IOException {
    int queueSize =
        queueSizeOf(
            Optional.of(
                granules -> {
                  made.add(new BitmapTracker(granules));
                  return made.getLast();
                }),
            Optional.of(BalloonSettings.defaults().withQueueSize(QUEUE_SIZE)));
    assertEquals(1, made.size());
    assertEquals(QUEUE_SIZE, queueSize);
  }

  @Test
  void withoutThemTheEngineHasItsDefaults() throws IOException {
    assertEquals(
        BalloonSettings.defaults().queueSize(), queueSizeOf(Optional.empty(), Optional.empty()));
  }

  private static final class NoInterrupts implements DeviceInterrupts {
    @Override
    public void queue(int queue) {}

    @Override
    public void config() {}
  }
}
