package dev.aerostat.bench;

import dev.aerostat.api.Gate;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.Progress;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.engine.EngineListener;
import dev.aerostat.guest.sim.BalloonPage;
import dev.aerostat.guest.sim.DeviceTransport;
import dev.aerostat.guest.sim.GuestCosts;
import dev.aerostat.guest.sim.GuestProfile;
import dev.aerostat.guest.sim.SimulatedGuest;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.QueueSetup;
import dev.aerostat.virtio.VirtioDevice;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The VMM of one guest: it boots with 2 MiB balloon pages, on a host whose maps take no time, and
 * then holds nothing but the engine.
 */
final class FootprintGuest
    implements DeviceTransport, DeviceInterrupts, EngineListener, AutoCloseable {
  private static final GuestProfile PROFILE =
      GuestProfile.linux().withBalloonPage(BalloonPage.HUGE).withCosts(new GuestCosts(0, 0, 0, 0));

  private final AsyncDmaMap engine;
  private final VirtioDevice device;
  private volatile Optional<Booting> booting = Optional.empty();

  private FootprintGuest(GuestMemory memory) {
    engine =
        AsyncDmaMap.builder(memory, new InstantMapper(memory), Gate.ofNoDevice())
            .interrupts(this)
            .listener(this)
            .build();
    device = engine.device();
  }

  /** Boots a guest, and returns once its memory is mapped and its balloon is empty. */
  static FootprintGuest boot(GuestMemory memory) {
    var guest = new FootprintGuest(memory);
    // A thread of its own: what the stack of one that lives on refers to would count.
    try (ScheduledExecutorService vcpu = Executors.newSingleThreadScheduledExecutor()) {
      guest.boot(new Booting(vcpu, new CompletableFuture<>(), new CompletableFuture<>()), memory);
      vcpu.shutdownNow();
    }
    return guest;
  }

  private void boot(Booting boot, GuestMemory memory) {
    boot.guest.complete(
        new SimulatedGuest(
            memory,
            this,
            (nanos, action) -> {
              var _ = boot.vcpu.schedule(action, nanos, TimeUnit.NANOSECONDS);
            },
            PROFILE));
    booting = Optional.of(boot);
    engine.start();
    onGuest(SimulatedGuest::load);
    boot.done.join();
    booting = Optional.empty();
  }

  private void onGuest(Consumer<SimulatedGuest> action) {
    booting.ifPresent(boot -> boot.vcpu.execute(() -> action.accept(boot.guest.join())));
  }

  @Override
  public void progressed(Progress progress) {
    if (progress.done()) {
      booting.ifPresent(boot -> boot.done.complete(null));
    }
  }

  @Override
  public void queue(int queue) {
    onGuest(guest -> guest.onQueueInterrupt(queue));
  }

  @Override
  public void config() {
    onGuest(SimulatedGuest::onConfigInterrupt);
  }

  @Override
  public void close() {
    engine.close();
  }

  @Override
  public long offeredFeatures() {
    return device.offeredFeatures();
  }

  @Override
  public void acceptFeatures(long features) {
    device.writeDriverFeatures(features);
  }

  @Override
  public int status() {
    return device.status();
  }

  @Override
  public void writeStatus(int status) {
    device.writeStatus(status);
  }

  @Override
  public int readConfig32(int offset) {
    return (int) device.readConfig(offset, Integer.BYTES);
  }

  @Override
  public void writeConfig32(int offset, int value) {
    device.writeConfig(offset, Integer.BYTES, value);
  }

  @Override
  public void configureQueue(
      int queue, int size, long descriptorTable, long availableRing, long usedRing) {
    require(
        device.configureQueue(
            queue, new QueueLayout(size, descriptorTable, availableRing, usedRing)));
  }

  @Override
  public void enableQueue(int queue) {
    require(device.enableQueue(queue));
  }

  private static void require(QueueSetup setup) {
    if (setup != QueueSetup.ACCEPTED) {
      throw new IllegalStateException("the device refused a queue: " + setup);
    }
  }

  @Override
  public void notifyQueue(int queue) {
    engine.notifyQueue(queue);
  }

  /** What there is of a guest until it has booted. */
  private record Booting(
      ScheduledExecutorService vcpu,
      CompletableFuture<SimulatedGuest> guest,
      CompletableFuture<Void> done) {}
}
