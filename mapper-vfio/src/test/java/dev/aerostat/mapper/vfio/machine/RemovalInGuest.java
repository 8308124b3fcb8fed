package dev.aerostat.mapper.vfio.machine;

import static dev.aerostat.mapper.vfio.machine.Eventually.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.engine.Strategy;
import dev.aerostat.mapper.vfio.PciAddress;
import dev.aerostat.mapper.vfio.RemovalWatch;
import dev.aerostat.mapper.vfio.VfioMapper;
import dev.aerostat.memory.linux.LinuxGuestMemory;
import dev.aerostat.memory.linux.MemoryBacking;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The host takes a device away while its guest's memory is being mapped. */
final class RemovalInGuest {
  private static final Path PCI = Path.of("/sys/bus/pci");
  private static final long BYTES = 64L << 20;
  private static final long SECONDS = 60;

  private final PciAddress address = GuestDevices.all().getLast();
  private final Path device = PCI.resolve("devices").resolve(address.text());
  private final CountDownLatch wanted = new CountDownLatch(1);
  private final ExecutorService host = Executors.newSingleThreadExecutor();

  @AfterEach
  void giveTheDeviceBack() throws IOException, HostRefusedException {
    host.close();
    Files.writeString(PCI.resolve("rescan"), "1");
    Files.writeString(device.resolve("driver_override"), "vfio-pci");
    Files.writeString(PCI.resolve("drivers_probe"), address.text());
    VfioMapper.open(List.of(address)).close();
  }

  @Test
  void aDeviceThatIsUnboundIsToldOfAndServesOnUntilItIsClosed() throws Exception {
    removing(
        device.resolve("driver/unbind"),
        address.text(),
        (mapper, engine) -> {
          mapper.pauseFrom(Integer.MAX_VALUE);
          Void _ = engine.dmaReady().get(SECONDS, TimeUnit.SECONDS);
        });
    assertOpenSays("its driver is none, not vfio-pci; bind it");
  }

  @Test
  void aDeviceThatIsUnpluggedIsGivenUpHalfWay() throws Exception {
    removing(device.resolve("remove"), "1", (mapper, _) -> mapper.pauseFrom(Integer.MAX_VALUE));
    assertOpenSays("there is no such PCI device");
  }

  /** What a VMM does between the host's request and the end of the engine. */
  private interface Answer {
    void to(PausingMapper mapper, AsyncDmaMap engine) throws Exception;
  }

  private void removing(Path file, String text, Answer answer) throws Exception {
    long pinned = PinnedPages.count();
    try (var memory =
        LinuxGuestMemory.allocate(
            List.of(GuestRange.ofLength(0, BYTES)), new MemoryBacking.Anonymous(false))) {
      VfioMapper real = VfioMapper.open(List.of(address));
      var mapper = new PausingMapper(real);
      var gates = new DeviceGates(real.devices(), () -> {});
      Future<Path> removal;
      try (RemovalWatch _ = real.devices().getFirst().watchRemoval(wanted::countDown);
          var engine =
              AsyncDmaMap.builder(memory.guestMemory(), mapper, gates)
                  .settings(
                      EngineSettings.builder(memory.guestMemory()).strategy(Strategy.SYNC).build())
                  .build()) {
        mapper.pauseFrom((int) (BYTES / 4096 / 2));
        engine.start();
        until("a map", () -> mapper.mappedPages() > 0, engine::progress);
        removal = host.submit(() -> Files.writeString(file, text));
        assertTrue(wanted.await(SECONDS, TimeUnit.SECONDS), "the watch heard nothing");
        answer.to(mapper, engine);
        assertFalse(removal.isDone(), "the host waits for the device to be closed");
      }
      assertEquals(file, removal.get(SECONDS, TimeUnit.SECONDS));
      assertEquals(pinned, PinnedPages.count(), "pages pinned after the removal");
    }
  }

  private void assertOpenSays(String expected) {
    var mistake =
        assertThrows(
            IllegalArgumentException.class, () -> VfioMapper.open(List.of(address)).close());
    System.out.println("MESSAGE " + mistake.getMessage());
    assertTrue(mistake.toString().contains(expected), mistake::toString);
  }
}
