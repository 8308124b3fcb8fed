package dev.aerostat.mapper.vfio.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Errno;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.HostRefusedException.State;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.vfio.FileMemory;
import dev.aerostat.mapper.vfio.VfioBackend;
import dev.aerostat.mapper.vfio.VfioMapper;
import dev.aerostat.memory.linux.LinuxGuestMemory;
import dev.aerostat.memory.linux.MemoryBacking;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What iommufd refuses in its own way; {@link FailuresInGuest} has what it shares with type1. */
final class IommufdFailuresInGuest {
  private static final long PAGE = 4096;
  private static final IovaRange FIRST = IovaRange.ofLength(16 << 20, 2 * PAGE);
  private static final IovaRange SECOND = IovaRange.ofLength(FIRST.end(), 2 * PAGE);
  private static final GuestRange RAM = GuestRange.ofLength(0, 16 * PAGE);

  private final LinuxGuestMemory memory = allocate();
  private final HostAddress host = memory.guestMemory().region(0).hostAddress(0);

  @AfterEach
  void close() {
    memory.close();
  }

  @Test
  void itIsUsedWhereItCanBe() throws HostRefusedException {
    try (VfioMapper mapper = VfioMapper.open(GuestDevices.one())) {
      assertEquals(VfioBackend.IOMMUFD, mapper.backend());
    }
  }

  @Test
  void anUnmapOfAHoleIsRefused() throws HostRefusedException {
    try (VfioMapper mapper = open()) {
      mapper.map(SECOND, host);
      var refusal = unmapRefused(mapper, FIRST);
      assertEquals(Errno.ENOENT, refusal.errno());
      assertEquals(new RefusalCause.NotMapped(), refusal.reason());
      assertEquals(State.UNCHANGED, refusal.state());
      assertEquals(SECOND.length(), mapper.unmapAll());
    }
  }

  @Test
  void anUnmapThatCutsTheFirstMappingChangesNothing() throws HostRefusedException {
    try (VfioMapper mapper = open()) {
      mapper.map(FIRST, host);
      var cut = new IovaRange(FIRST.start() + PAGE, SECOND.end());
      var refusal = unmapRefused(mapper, cut);
      assertEquals(new RefusalCause.WouldSplit(cut), refusal.reason());
      assertEquals(State.UNCHANGED, refusal.state());
      assertEquals(FIRST.length(), mapper.unmap(FIRST));
    }
  }

  @Test
  void anUnmapThatCutsALaterMappingHasTakenTheOthers() throws HostRefusedException {
    try (VfioMapper mapper = open()) {
      mapper.map(FIRST, host);
      mapper.map(SECOND, host);
      var cut = new IovaRange(FIRST.start(), SECOND.end() - PAGE);
      var refusal = unmapRefused(mapper, cut);
      assertEquals(new RefusalCause.WouldSplit(cut), refusal.reason());
      assertEquals(State.PARTIAL, refusal.state());
      assertEquals(SECOND.length(), mapper.unmapAll());
    }
  }

  @Test
  void aDeviceThatItsGroupHoldsIsInUse() throws HostRefusedException {
    try (VfioMapper type1 = VfioMapper.open(GuestDevices.one(), VfioBackend.TYPE1)) {
      var refusal = shown(assertThrows(HostRefusedException.class, () -> open().close()));
      assertTrue(refusal.reason().rule().contains("in use by another process"), type1::toString);
    }
  }

  @Test
  void aGroupWhoseDeviceIsHeldIsInUse() throws HostRefusedException {
    try (VfioMapper iommufd = open()) {
      var refusal =
          shown(
              assertThrows(
                  HostRefusedException.class,
                  () -> VfioMapper.open(GuestDevices.one(), VfioBackend.TYPE1).close()));
      assertTrue(refusal.reason().rule().contains("in use by another process"), iommufd::toString);
    }
  }

  @Test
  void aKernelThatMapsNoFilesMapsTheirMemory() throws HostRefusedException {
    int descriptor = memory.descriptor(RAM).orElseThrow();
    var file = new FileMemory(host, RAM.length(), descriptor, 0);
    try (VfioMapper mapper =
        VfioMapper.open(GuestDevices.one(), VfioBackend.IOMMUFD, List.of(file))) {
      mapper.map(FIRST, host);
      assertEquals(FIRST.length(), mapper.unmap(FIRST));
    }
  }

  private static VfioMapper open() throws HostRefusedException {
    return VfioMapper.open(GuestDevices.one(), VfioBackend.IOMMUFD);
  }

  private static HostRefusedException unmapRefused(VfioMapper mapper, IovaRange iova) {
    return shown(assertThrows(HostRefusedException.class, () -> mapper.unmap(iova)));
  }

  private static HostRefusedException shown(HostRefusedException refusal) {
    System.out.println("MESSAGE " + refusal.getMessage());
    return refusal;
  }

  private static LinuxGuestMemory allocate() {
    try {
      return LinuxGuestMemory.allocate(List.of(RAM), new MemoryBacking.Shared(false));
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }
}
