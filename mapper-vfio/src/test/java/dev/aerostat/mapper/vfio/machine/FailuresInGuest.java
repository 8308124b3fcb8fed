package dev.aerostat.mapper.vfio.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.spi.MapperAvailability;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.mapper.vfio.PciAddress;
import dev.aerostat.mapper.vfio.VfioBackend;
import dev.aerostat.mapper.vfio.VfioMapper;
import dev.aerostat.memory.linux.LinuxGuestMemory;
import dev.aerostat.memory.linux.MemoryBacking;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a person reads when the host says no: each message provoked for real, and printed. */
final class FailuresInGuest {
  private static final long PAGE = 4096;
  private static final IovaRange IOVA = IovaRange.ofLength(16 << 20, PAGE);

  private final LinuxGuestMemory memory = allocate();
  private final HostAddress host = memory.guestMemory().region(0).hostAddress(0);

  @AfterEach
  void close() {
    memory.close();
  }

  @Test
  void theHostSaysWhichDevicesCanBeUsed() {
    var available =
        assertInstanceOf(
            MapperAvailability.Available.class,
            MapperProvider.named("vfio").orElseThrow().availability());
    String devices = available.detail();
    GuestDevices.all().forEach(device -> assertTrue(devices.contains(device.text()), devices));
  }

  @Test
  void aGroupThatADriverSharesIsNotViableAndSaysWhose() {
    var shared = new PciAddress(System.getProperty("aerostat.shared", ""));
    var refusal =
        shown(
            assertThrows(
                HostRefusedException.class, () -> VfioMapper.open(List.of(shared)).close()));
    var cause = assertInstanceOf(RefusalCause.GroupNotViable.class, refusal.reason());
    assertTrue(
        cause.others().stream().anyMatch(other -> other.endsWith("(virtio-pci)")),
        () -> "others " + cause.others());
  }

  @Test
  void aDeviceInUseIsSaidToBe() throws HostRefusedException {
    try (VfioMapper first = VfioMapper.open(GuestDevices.one())) {
      var refusal =
          shown(
              assertThrows(
                  HostRefusedException.class, () -> VfioMapper.open(GuestDevices.one()).close()));
      assertTrue(refusal.reason().rule().contains("in use by another process"), first::toString);
    }
  }

  @Test
  void aDeviceWithoutTheDriverSaysHowToBindIt() {
    var bridge = new PciAddress("0000:00:1f.2");
    var mistake =
        assertThrows(
            IllegalArgumentException.class, () -> VfioMapper.open(List.of(bridge)).close());
    System.out.println("MESSAGE " + mistake.getMessage());
    assertTrue(mistake.toString().contains("driver_override"), mistake::toString);
  }

  @Test
  void aContainerThatIsFullSaysSo() throws HostRefusedException {
    int before = KernelSettings.entryLimit();
    KernelSettings.limitEntries(1);
    try (VfioMapper mapper = VfioMapper.open(GuestDevices.one(), VfioBackend.TYPE1)) {
      mapper.map(IOVA, host);
      var refusal = refused(mapper, IovaRange.ofLength(IOVA.end(), PAGE), host);
      assertEquals(new RefusalCause.EntryLimit(1), refusal.reason());
    } finally {
      KernelSettings.limitEntries(before);
    }
  }

  @Test
  void theInterruptWindowCannotBeMappedAndIsNamed() throws HostRefusedException {
    try (VfioMapper mapper = VfioMapper.open(GuestDevices.one())) {
      var refusal = refused(mapper, IovaRange.ofLength(0xfee0_0000L - PAGE, 2 * PAGE), host);
      assertEquals(
          new RefusalCause.IovaHole(IovaRange.ofLength(0xfee0_0000L, PAGE)), refusal.reason());
    }
  }

  @Test
  void mappingsInTheWayAndMemoryThatIsNotThereAreSaidToBe() throws HostRefusedException {
    try (VfioMapper mapper = VfioMapper.open(GuestDevices.one())) {
      var twoPages = IovaRange.ofLength(IOVA.start(), 2 * PAGE);
      mapper.map(twoPages, host);
      assertEquals(new RefusalCause.Overlap(IOVA), refused(mapper, IOVA, host).reason());
      var cut = shown(assertThrows(HostRefusedException.class, () -> mapper.unmap(IOVA)));
      assertEquals(new RefusalCause.WouldSplit(IOVA), cut.reason());
      var nowhere = refused(mapper, IovaRange.ofLength(0, PAGE), new HostAddress(0));
      assertEquals(new RefusalCause.BadHostAddress(), nowhere.reason());
    }
  }

  private static HostRefusedException refused(VfioMapper mapper, IovaRange iova, HostAddress host) {
    return shown(assertThrows(HostRefusedException.class, () -> mapper.map(iova, host)));
  }

  private static HostRefusedException shown(HostRefusedException refusal) {
    System.out.println("MESSAGE " + refusal.getMessage());
    return refusal;
  }

  private static LinuxGuestMemory allocate() {
    try {
      return LinuxGuestMemory.allocate(
          List.of(GuestRange.ofLength(0, 16 * PAGE)), new MemoryBacking.Shared(false));
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }
}
