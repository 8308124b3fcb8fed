package dev.aerostat.mapper.vfio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.HostRefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A device, or its gate, that somebody keeps after its mapper was closed. */
final class DeviceLifetimeTest {
  private static final PciAddress OURS = new PciAddress("0000:00:05.0");
  private static final PciAddress OTHERS = new PciAddress("0000:00:06.0");
  private static final int MEMORY = 1 << 1;
  private static final int BUS_MASTER = 1 << 2;
  private static final long SECONDS = 60;

  @TempDir private Path root = Path.of("");
  private final FakeKernel kernel = new FakeKernel();

  @BeforeEach
  void twoDevicesInTwoGroups() throws IOException {
    var files = new FakeHost(root);
    files.iommufd();
    files.device(OURS.text(), 7, "vfio-pci");
    files.deviceFile(OURS.text(), "vfio0");
    files.device(OTHERS.text(), 8, "vfio-pci");
    files.deviceFile(OTHERS.text(), "vfio1");
  }

  @ParameterizedTest
  @EnumSource
  void aDeviceIsRefusedAndReachesNoOther(VfioBackend backend) throws HostRefusedException {
    VfioDevice device = closed(backend);
    try (VfioMapper _ = open(backend, OTHERS)) {
      Map<Integer, Integer> before = Map.copyOf(kernel.commands);
      kernel.asked.clear();
      List<Executable> uses =
          List.of(
              device::reset,
              device::resettable,
              () -> device.region(0),
              () -> device.map(new VfioRegion(0, 4096, 0, true, true, true)),
              () -> device.readConfig(4, 2),
              () -> device.writeConfig(4, 2, BUS_MASTER),
              () -> device.interrupts().count(InterruptKind.MSI),
              () -> device.interrupts().enable(InterruptKind.MSI, 1, 5),
              () -> device.lendToKvm(number -> number),
              () -> device.watchRemoval(() -> {}).close(),
              () -> new BusMasterGate(device, () -> {}));
      for (Executable use : uses) {
        var refusal = assertThrows(IllegalStateException.class, use);
        assertTrue(refusal.toString().contains("0000:00:05.0"), refusal::toString);
      }
      assertEquals(List.of(), kernel.asked);
      assertEquals(before, kernel.commands);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aGateReachesNoOtherDeviceAndStaysShut(VfioBackend backend) throws HostRefusedException {
    var events = new ArrayList<String>();
    BusMasterGate gate;
    try (VfioMapper mapper = open(backend, OURS)) {
      gate = new BusMasterGate(mapper.devices().getFirst(), () -> events.add("wanted"));
    }
    try (VfioMapper _ = open(backend, OTHERS)) {
      kernel.commands.replaceAll((_, _) -> MEMORY);
      Map<Integer, Integer> before = Map.copyOf(kernel.commands);
      gate.guestWrites(MEMORY | BUS_MASTER);
      assertEquals(MEMORY | BUS_MASTER, gate.guestReads(), "what the guest wrote last");
      assertThrows(IllegalStateException.class, () -> gate.open(() -> events.add("open")));
      gate.guestWrites(BUS_MASTER);
      assertEquals(before, kernel.commands);
      assertEquals(List.of(), events);
      gate.close(() -> events.add("closed"));
      assertEquals(List.of("closed"), events, "its DMA ended with the mapper");
    }
  }

  /** Else the register of the next file with this number would be written. */
  @Test
  void closingAMapperWaitsForACallToItsDevice() throws Exception {
    VfioMapper mapper = open(VfioBackend.TYPE1, OURS);
    VfioDevice device = mapper.devices().getFirst();
    var writing = new CountDownLatch(1);
    var answer = new CountDownLatch(1);
    kernel.atRegister =
        () -> {
          writing.countDown();
          await(answer);
        };
    Thread vcpu =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    device.writeConfig(4, 2, MEMORY);
                  } catch (IOException failure) {
                    throw new AssertionError(failure);
                  }
                });
    await(writing);
    List<Integer> devices = List.copyOf(kernel.commands.keySet());
    Thread closer = Thread.ofPlatform().start(mapper::close);
    while (closer.getState() != Thread.State.WAITING && closer.isAlive()) {
      Thread.onSpinWait();
    }
    assertTrue(kernel.open.containsAll(devices), "closed under a call");
    answer.countDown();
    vcpu.join();
    closer.join();
    assertTrue(kernel.open.isEmpty());
  }

  @Test
  void aDeviceThatWasResetHasToBeAskedForBusMasteringAnew() throws Exception {
    try (VfioMapper mapper = open(VfioBackend.TYPE1, OURS)) {
      VfioDevice device = mapper.devices().getFirst();
      var wishes = new ArrayList<String>();
      var gate = new BusMasterGate(device, () -> wishes.add("wanted"));
      gate.guestWrites(MEMORY | BUS_MASTER);
      device.reset();
      assertEquals(0, gate.guestReads());
      gate.open(() -> {});
      assertEquals(0, device.readConfig(4, 2), "granted without a wish");
      gate.close(() -> {});
      gate.guestWrites(BUS_MASTER);
      assertEquals(List.of("wanted", "wanted"), wishes);
      gate.open(() -> {});
      assertEquals(BUS_MASTER, device.readConfig(4, 2));
      device.reset();
      assertEquals(0, gate.guestReads());
      gate.guestWrites(BUS_MASTER);
      assertEquals(BUS_MASTER, device.readConfig(4, 2));
    }
  }

  @Test
  void bitsThatTheDeviceLacksReadAsZero() throws Exception {
    try (VfioMapper mapper = open(VfioBackend.TYPE1, OURS)) {
      var gate = new BusMasterGate(mapper.devices().getFirst(), () -> {});
      gate.guestWrites(0xffff);
      assertEquals(kernel.commandBits, gate.guestReads());
      gate.open(() -> {});
      assertEquals(kernel.commandBits, gate.guestReads());
      kernel.commandBits = MEMORY;
      gate.guestWrites(0xffff);
      assertEquals(MEMORY, gate.guestReads(), "a device that never masters the bus");
    }
  }

  private VfioDevice closed(VfioBackend backend) throws HostRefusedException {
    try (VfioMapper mapper = open(backend, OURS)) {
      return mapper.devices().getFirst();
    }
  }

  private VfioMapper open(VfioBackend backend, PciAddress device) throws HostRefusedException {
    return VfioMapper.open(kernel, new FakeHost(root).host(), List.of(device), backend, List.of());
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException interrupt) {
      throw new AssertionError(interrupt);
    }
  }
}
