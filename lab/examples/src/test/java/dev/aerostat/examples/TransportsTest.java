package dev.aerostat.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Gate;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.Progress;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.engine.EngineListener;
import dev.aerostat.guest.sim.BalloonQueue;
import dev.aerostat.guest.sim.DeviceTransport;
import dev.aerostat.guest.sim.GuestProfile;
import dev.aerostat.guest.sim.SimulatedGuest;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.virtio.VirtioDevice;
import dev.aerostat.virtio.transport.InterruptLine;
import dev.aerostat.virtio.transport.PciInterrupts;
import dev.aerostat.virtio.transport.VirtioPci;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A balloon device brought up through each transport's registers by a driver that was written
 * against the specification, with a real engine, a vCPU on a thread and interrupts by the wire.
 */
@Timeout(180)
final class TransportsTest {
  private static final long BYTES = 256L << 20;
  private static final long BALLOON = 64L << 20;

  @Test
  void aGuestInflatesAndDeflatesThroughVirtioMmio() throws Exception {
    var slot = new MmioSlot();
    var driver = new MmioDriver(slot);
    boot(
        slot,
        driver,
        (device, vcpu) -> {
          slot.plug(device, new LevelInterrupt(driver, vcpu));
          driver.probe(VirtioDevice.ID_BALLOON);
        });
  }

  /**
   * An interrupt controller and the guest's handler, which runs for as long as the line is high.
   */
  private static final class LevelInterrupt implements InterruptLine {
    private final MmioDriver driver;
    private final Consumer<Consumer<SimulatedGuest>> vcpu;
    private volatile boolean high;

    LevelInterrupt(MmioDriver driver, Consumer<Consumer<SimulatedGuest>> vcpu) {
      this.driver = driver;
      this.vcpu = vcpu;
    }

    @Override
    public void level(boolean nowHigh) {
      high = nowHigh;
      if (nowHigh) {
        vcpu.accept(this::handle);
      }
    }

    private void handle(SimulatedGuest guest) {
      int causes = driver.acknowledge();
      if ((causes & 1) != 0) {
        for (BalloonQueue queue : BalloonQueue.values()) {
          guest.onQueueInterrupt(queue.index());
        }
      }
      if ((causes & 2) != 0) {
        guest.onConfigInterrupt();
      }
      if (high) {
        vcpu.accept(this::handle);
      }
    }
  }

  @Test
  void aGuestInflatesAndDeflatesThroughVirtioPciAndMsix() throws Exception {
    var function = new CompletableFuture<VirtioPci>();
    var driver = new PciDriver(function);
    boot(
        interruptsOf(function),
        driver,
        (device, vcpu) -> {
          function.complete(
              new VirtioPci(
                  device,
                  VirtioDevice.PCI_CLASS_OTHERS,
                  new PciInterrupts() {
                    @Override
                    public void level(boolean high) {
                      throw new AssertionError("the driver has enabled MSI-X");
                    }

                    @Override
                    public void message(long address, int vector) {
                      assertEquals(PciDriver.MESSAGE_ADDRESS, address);
                      vcpu.accept(
                          guest -> {
                            if (vector == 0) {
                              guest.onConfigInterrupt();
                            } else {
                              guest.onQueueInterrupt(vector - 1);
                            }
                          });
                    }
                  }));
          driver.probe(VirtioDevice.ID_BALLOON);
        });
  }

  private static DeviceInterrupts interruptsOf(CompletableFuture<VirtioPci> function) {
    return new DeviceInterrupts() {
      @Override
      public void queue(int queue) {
        function.join().interruptQueue(queue);
      }

      @Override
      public void config() {
        function.join().interruptConfig();
      }
    };
  }

  private interface Plug {
    void plug(VirtioDevice device, Consumer<Consumer<SimulatedGuest>> vcpu);
  }

  /** Boots, then has the guest inflate and deflate: each step is told by interrupts alone. */
  private static void boot(DeviceInterrupts interrupts, DeviceTransport driver, Plug plug)
      throws Exception {
    var told = new LinkedBlockingQueue<Progress>();
    var listener =
        new EngineListener() {
          @Override
          public void progressed(Progress progress) {
            told.add(progress);
          }
        };
    try (SparseMemory ram = ExampleGuests.ofBytes(BYTES);
        var vcpu = Executors.newSingleThreadScheduledExecutor()) {
      GuestMemory memory = ram.guestMemory();
      var mapper = MapperProvider.named("sim").orElseThrow().open(MapperRequest.of(memory));
      try (AsyncDmaMap dma =
          AsyncDmaMap.builder(memory, mapper, Gate.ofNoDevice())
              .interrupts(interrupts)
              .listener(listener)
              .build()) {
        var guest =
            new SimulatedGuest(
                memory,
                driver,
                (nanos, action) -> {
                  var _ = vcpu.schedule(action, nanos, TimeUnit.NANOSECONDS);
                },
                GuestProfile.linux());
        plug.plug(dma.device(), action -> vcpu.execute(() -> action.accept(guest)));
        dma.start();
        vcpu.execute(guest::load);
        await(told, Progress::done);
        dma.operatorTarget(BALLOON);
        await(told, progress -> progress.balloonedBytes() == BALLOON);
        dma.operatorTarget(0);
        await(told, progress -> progress.balloonedBytes() == 0);
        assertTrue(vcpu.submit(guest::accounts).get().deflatedPages() >= BALLOON >> 12);
        assertEquals(Map.of(), dma.deviceCounters().mistakes());
      } finally {
        vcpu.shutdownNow();
      }
    }
  }

  private static void await(BlockingQueue<Progress> told, Predicate<Progress> reached)
      throws InterruptedException {
    while (!reached.test(told.take())) {
      // The next may be it.
    }
  }
}
