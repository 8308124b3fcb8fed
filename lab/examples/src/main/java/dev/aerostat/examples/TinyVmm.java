package dev.aerostat.examples;

import dev.aerostat.api.Gate;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.Progress;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.EngineListener;
import dev.aerostat.guest.sim.BalloonPage;
import dev.aerostat.guest.sim.GuestProfile;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.mapper.spi.MapperRequest;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A VMM as small as can be: one guest, one device that is passed through, no instruction executed.
 *
 * <p>In a real one {@link TinyBus} is the virtio transport, the guest is behind KVM, and the gate
 * is what the device's PCI command register goes through.
 */
public final class TinyVmm implements EngineListener {
  private final PrintStream out;
  private final CompletableFuture<Progress> done = new CompletableFuture<>();

  private TinyVmm(PrintStream out) {
    this.out = out;
  }

  /**
   * Boots a guest of 1 GiB and prints how it went.
   *
   * @param arguments none
   * @throws IOException if guest memory cannot be laid out
   * @throws HostRefusedException if the mapper cannot be opened
   */
  public static void main(String[] arguments) throws IOException, HostRefusedException {
    Progress end = new TinyVmm(System.out).boot(1L << 30);
    System.out.printf("mapped %d MiB, balloon empty%n", end.mappedBytes() >> 20);
  }

  static Progress run(long memoryBytes, PrintStream out) throws IOException, HostRefusedException {
    return new TinyVmm(out).boot(memoryBytes);
  }

  // tag::vmm[]
  private Progress boot(long memoryBytes) throws IOException, HostRefusedException {
    var busMaster = new BusMasterGate();
    var bus = new TinyBus();
    try (SparseMemory ram = SparseMemory.allocate(List.of(new GuestRange(0, memoryBytes)));
        DmaMapper mapper = simulatedMapper(ram.guestMemory());
        AsyncDmaMap dma =
            AsyncDmaMap.builder(ram.guestMemory(), mapper, busMaster)
                .interrupts(bus)
                .listener(this)
                .build();
        bus) {
      bus.plug(dma.device());
      dma.start(); // Mapping begins.
      bus.boot(ram.guestMemory(), GuestProfile.linux().withBalloonPage(BalloonPage.HUGE));
      dma.dmaReady().join(); // All memory is ballooned or mapped: the device may work.
      out.printf("ready for DMA: %s, %s%n", busMaster, dma.progress());
      return done.join(); // All memory is mapped and back with the guest.
    } // Stops the vCPU, closes the gate, then unmaps everything.
  }

  private static DmaMapper simulatedMapper(GuestMemory memory) throws HostRefusedException {
    return MapperProvider.named("sim").orElseThrow().open(MapperRequest.of(memory));
  }

  @Override
  public void progressed(Progress progress) {
    out.println(progress);
    if (progress.done()) {
      done.complete(progress);
    }
  }

  /** Keeps bus mastering from the device: what the guest writes to its command register waits. */
  private static final class BusMasterGate implements Gate {
    private final AtomicBoolean enabled = new AtomicBoolean();

    @Override
    public void open(Runnable done) {
      enabled.set(true);
      done.run();
    }

    @Override
    public void close(Runnable done) {
      enabled.set(false);
      done.run();
    }

    @Override
    public String toString() {
      return "bus master " + (enabled.get() ? "on" : "off");
    }
  }
  // end::vmm[]
}
