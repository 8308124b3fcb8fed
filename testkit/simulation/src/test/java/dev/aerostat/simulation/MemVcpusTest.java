package dev.aerostat.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Gate;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.engine.EngineListener;
import dev.aerostat.engine.VirtioMem;
import dev.aerostat.guest.sim.DeviceMisbehavedException;
import dev.aerostat.guest.sim.MemDriver;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.mem.virtio.MemSettings;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.QueueStop;
import dev.aerostat.virtio.VirtioDevice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A guest whose vCPUs do what they like with a virtio-mem device at once: one is a driver that
 * plugs, one writes registers, one writes where the driver's ring and buffers are.
 */
@Timeout(180)
final class MemVcpusTest {
  private static final long MIB = 1L << 20;
  private static final GuestRange BOOT = GuestRange.ofLength(0, 4 * MIB);
  private static final GuestRange REGION = GuestRange.ofLength(512 * MIB, 256 * MIB);
  private static final long ATTACK_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long RING = MIB;

  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final long end = System.nanoTime() + ATTACK_NANOS;

  @Test
  void theEngineLivesAndTheNextDriverGetsAllOfItsMemory() throws Exception {
    try (SparseMemory ram = SparseMemory.allocate(List.of(BOOT, REGION));
        AsyncDmaMap engine = engine(ram.guestMemory())) {
      engine.start();
      VirtioDevice device = engine.memDevice().orElseThrow();
      var driver = new MemDriver(ram.guestMemory(), new PlainBus(device), RING);
      MemorySegment bytes =
          ram.guestMemory().region(0).segment().asSlice(RING, MemDriver.BYTES + 4096);
      attack(List.of(() -> drive(driver), () -> writeRegisters(device), () -> scribble(bytes)));
      assertEquals(List.of(), List.copyOf(failures));
      long pluggedByTheGuest = engine.memCounters().orElseThrow().plugs();
      assertTrue(pluggedByTheGuest > 0, "the attack never got as far as a plug");

      device.reset().get(60, TimeUnit.SECONDS);
      driver.load();
      long patience = System.nanoTime() + PATIENCE_NANOS;
      while (!driver.isContent() || driver.pluggedBytes() < REGION.length()) {
        assertTrue(System.nanoTime() - patience < 0, () -> "in vain; " + engine.progress());
        if (!driver.step()) {
          Thread.sleep(1);
        }
      }
      assertEquals(List.of(), List.copyOf(failures));
      assertEquals(BOOT.length() + REGION.length(), engine.progress().mappedBytes());
    }
  }

  private AsyncDmaMap engine(GuestMemory memory) throws Exception {
    var mapper = MapperProvider.named("sim").orElseThrow().open(MapperRequest.of(memory));
    return AsyncDmaMap.builder(memory, mapper, Gate.ofNoDevice())
        .virtioMem(new VirtioMem(MemSettings.of(REGION), new NoInterrupts()))
        .listener(
            new EngineListener() {
              @Override
              public void failed(Throwable cause) {
                failures.add(cause);
              }
            })
        .build();
  }

  private void attack(List<Runnable> vcpus) throws InterruptedException {
    var threads = new ArrayList<Thread>();
    for (Runnable vcpu : vcpus) {
      threads.add(
          Thread.ofPlatform()
              .uncaughtExceptionHandler((thread, thrown) -> failures.add(thrown))
              .start(vcpu));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private boolean goesOn() {
    return System.nanoTime() - end < 0;
  }

  /** What others write makes this driver stumble; then it begins anew. */
  private void drive(MemDriver driver) {
    while (goesOn()) {
      try {
        driver.load();
        for (int i = 0; i < 2000 && goesOn(); i++) {
          boolean _ = driver.step();
        }
      } catch (DeviceMisbehavedException | IllegalStateException | IndexOutOfBoundsException _) {
        driver.unload();
      }
    }
  }

  private void writeRegisters(VirtioDevice device) {
    var random = new SplittableRandom(1);
    while (goesOn()) {
      switch (random.nextInt(12)) {
        case 0 -> device.writeStatus(0);
        case 1 -> device.writeStatus(random.nextInt(256));
        case 2 -> device.writeDriverFeatures(random.nextLong());
        case 3 -> {
          long at = RING + 16L * random.nextInt(512);
          var _ = device.configureQueue(0, new QueueLayout(16, at, at + 0x100, at + 0x200));
        }
        case 4, 5 -> {
          var _ = device.enableQueue(0);
        }
        case 6 -> {
          var _ = device.disableQueue(0, QueueStop.PAUSE);
        }
        case 7 -> {
          var _ = device.disableQueue(0, QueueStop.PERHAPS_RESET);
        }
        case 8 -> device.writeConfig(8 * random.nextInt(7), 8, random.nextLong());
        case 9 -> {
          long _ = device.readConfig(random.nextInt(48), 8);
        }
        default -> device.notifyQueue(0);
      }
      if (random.nextInt(64) == 0) {
        pause(); // Else no driver gets as far as a request.
      }
    }
  }

  private void scribble(MemorySegment bytes) {
    var random = new SplittableRandom(2);
    while (goesOn()) {
      bytes.set(ValueLayout.JAVA_BYTE, random.nextLong(bytes.byteSize()), (byte) random.nextInt(4));
      if (random.nextInt(16) == 0) {
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class NoInterrupts implements DeviceInterrupts {
    @Override
    public void queue(int queue) {}

    @Override
    public void config() {}
  }
}
