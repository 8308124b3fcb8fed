package dev.aerostat.mapper.vfio.machine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestRange;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.engine.Strategy;
import dev.aerostat.guest.sim.BalloonPage;
import dev.aerostat.guest.sim.GuestProfile;
import dev.aerostat.mapper.vfio.VfioMapper;
import dev.aerostat.memory.linux.LinuxGuestMemory;
import dev.aerostat.memory.linux.MemoryBacking;
import dev.aerostat.virtio.VirtioDevice;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * The time until a device may do DMA, sync and async, on memory that nobody has touched; two
 * workers, a guest whose driver loads at once. As a program, it takes the guest's memory in MiB,
 * and shows the times twice.
 */
final class ReadyTimeInGuest {
  private static final long MIB = 1L << 20;
  private static final long GIB = 1024 * MIB;
  private static final long HIGH = 4 * GIB;
  private static final int RUNS = 2;

  @Test
  void withHugeBalloonPagesADeviceMayStartSooner() throws Exception {
    long sync = show(GIB, Strategy.SYNC, BalloonPage.HUGE);
    long async = show(GIB, Strategy.ASYNC, BalloonPage.HUGE);
    assertTrue(async < sync, () -> "async %d ns, sync %d ns".formatted(async, sync));
  }

  public static void main(String[] arguments) throws Exception {
    long bytes = Long.parseLong(arguments[0]) * MIB;
    for (int run = 0; run < RUNS; run++) {
      long _ = show(bytes, Strategy.SYNC, BalloonPage.SMALL);
      long _ = show(bytes, Strategy.ASYNC, BalloonPage.SMALL);
      long _ = show(bytes, Strategy.ASYNC, BalloonPage.HUGE);
    }
  }

  private static long show(long bytes, Strategy strategy, BalloonPage page) throws Exception {
    long nanos = nanosToReady(bytes, strategy, page);
    System.out.printf(
        Locale.ROOT,
        "READY %s, balloon of %s pages, %d MiB: %.0f ms%n",
        strategy,
        page,
        bytes / MIB,
        nanos / 1e6);
    return nanos;
  }

  private static long nanosToReady(long bytes, Strategy strategy, BalloonPage page)
      throws Exception {
    var ranges = List.of(GuestRange.ofLength(0, bytes / 2), GuestRange.ofLength(HIGH, bytes / 2));
    try (var memory = LinuxGuestMemory.allocate(ranges, new MemoryBacking.Anonymous(false))) {
      VfioMapper mapper = VfioMapper.open(GuestDevices.one());
      var gates = new DeviceGates(mapper.devices(), () -> {});
      var device = new CompletableFuture<VirtioDevice>();
      var profile = GuestProfile.linux().withBalloonPage(page);
      try (var guest = new RealTimeGuest(memory.guestMemory(), device::join, profile);
          var engine =
              AsyncDmaMap.builder(memory.guestMemory(), mapper, gates)
                  .settings(
                      EngineSettings.builder(memory.guestMemory())
                          .strategy(strategy)
                          .guestMinimumBytes(bytes / 8)
                          .prefaultThreads(2)
                          .build())
                  .interrupts(guest)
                  .build()) {
        device.complete(engine.device());
        long start = System.nanoTime();
        engine.start();
        guest.load();
        Void _ = engine.dmaReady().join();
        return System.nanoTime() - start;
      }
    }
  }
}
