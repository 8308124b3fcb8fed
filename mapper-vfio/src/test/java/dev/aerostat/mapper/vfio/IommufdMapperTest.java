package dev.aerostat.mapper.vfio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.HostRefusedException.State;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.spi.MapperLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the real iommufd does not do to order; the rest is shown on the real one. */
final class IommufdMapperTest {
  private static final PciAddress FIRST = new PciAddress("0000:00:05.0");
  private static final PciAddress OTHER = new PciAddress("0000:00:06.0");
  private static final IovaRange RANGE = IovaRange.ofLength(0x7fff_f000L, 0x3000);

  private static final List<FileMemory> FILES =
      List.of(new FileMemory(new HostAddress(0x20_0000), 0x4000, 5, 0x10000));

  @TempDir private Path root = Path.of("");
  private final FakeKernel kernel = new FakeKernel();

  @BeforeEach
  void twoDevicesWithFiles() throws IOException {
    var files = new FakeHost(root);
    files.iommufd();
    files.device(FIRST.text(), 7, "vfio-pci");
    files.deviceFile(FIRST.text(), "vfio0");
    files.device(OTHER.text(), 8, "vfio-pci");
    files.deviceFile(OTHER.text(), "vfio3");
  }

  @Test
  void devicesAreBoundAndAttachedInTurnAndDetachedInTheEnd() throws HostRefusedException {
    try (VfioMapper mapper = open(FIRST, OTHER)) {
      assertEquals(
          List.of(
              "open dev/iommu",
              "0x3b81",
              "open dev/vfio/devices/vfio0",
              "0x3b76",
              "0x3b77",
              "open dev/vfio/devices/vfio3",
              "0x3b76",
              "0x3b77"),
          kernel.asked);
      assertEquals(
          List.of(FIRST, OTHER), mapper.devices().stream().map(VfioDevice::address).toList());
      kernel.asked.clear();
    }
    assertEquals(List.of("0x3b86", "0x3b78", "0x3b78"), kernel.asked);
    assertEquals(Set.of(), kernel.open, "descriptors open after close");
  }

  @ParameterizedTest
  @ValueSource(longs = {0x3b81, 0x3b76, 0x3b77})
  void whateverStepIsRefusedNothingStaysOpen(long request) {
    kernel.refuse(request, Errno.ENOMEM);
    assertEquals(HostOperation.ATTACH, refusalOf(FIRST, OTHER).operation());
    assertEquals(Set.of(), kernel.open, "descriptors still open");
  }

  @Test
  void aKernelWithoutItSaysWhatToDo() {
    kernel.openErrno = Errno.ENOENT;
    assertSays("dev/iommu: load it (modprobe iommufd), or use backend=type1", refusalOf(FIRST));
    kernel.openErrno = Errno.EACCES;
    assertEquals(
        new RefusalCause.NoPermission(root.resolve("dev/iommu").toString()),
        refusalOf(FIRST).reason());
  }

  @Test
  void aDeviceWithoutAFileSaysWhatToDo() throws IOException {
    Files.delete(root.resolve("sys/bus/pci/devices/0000:00:05.0/vfio-dev/vfio0"));
    var mistake = assertThrows(IllegalArgumentException.class, () -> open(FIRST).close());
    assertTrue(mistake.toString().contains("use backend=type1"), mistake::toString);
    assertEquals(Set.of(), kernel.open, "descriptors still open");
  }

  @Test
  void aDeviceThatCannotBeBoundSaysWhatMayBeInTheWay() throws IOException {
    var busy =
        new RefusalCause.GroupBusy(
            7,
            List.of(
                root.resolve("dev/vfio/7").toString(),
                root.resolve("dev/vfio/devices/vfio0").toString()));
    for (int errno : List.of(Errno.EINVAL, Errno.EBUSY)) {
      kernel.refuse(FakeKernel.DEVICE_BIND_IOMMUFD, errno);
      assertEquals(busy, refusalOf(FIRST).reason());
    }
    kernel.refuse(FakeKernel.DEVICE_BIND_IOMMUFD, Errno.EPERM);
    assertSays("allow_unsafe_interrupts=1", refusalOf(FIRST));
    new FakeHost(root).device("0000:00:05.2", 7, "e1000e");
    assertEquals(
        new RefusalCause.GroupNotViable(7, List.of("0000:00:05.2 (e1000e)")),
        refusalOf(FIRST).reason());
  }

  @Test
  void limitsAreAddressesAlone() throws HostRefusedException {
    try (VfioMapper mapper = open(FIRST)) {
      var ranges = List.of(new IovaRange(0, 1L << 31), new IovaRange(0x8000_1000L, 1L << 32));
      assertEquals(
          new MapperLimits(0x1000, MapperLimits.UNLIMITED, ranges, true),
          mapper.limits().withLockableBytes(MapperLimits.UNLIMITED));
      kernel.iovaAlignment = 1;
      assertThrows(IllegalStateException.class, mapper::limits);
    }
  }

  @Test
  void aCutIsFoundByAMapInEachIovaRangeThatOverlaps() throws HostRefusedException {
    kernel.refuse(FakeKernel.IOAS_UNMAP, Errno.ENOENT);
    kernel.refuse(FakeKernel.IOAS_MAP, Errno.EEXIST);
    assertEquals(new RefusalCause.WouldSplit(RANGE), unmapRefused().reason());
    kernel.refuse(FakeKernel.IOAS_MAP, Errno.EFAULT);
    assertEquals(new RefusalCause.NotMapped(), unmapRefused().reason());
    assertEquals(
        List.of("0x3b86", "0x3b84", "0x3b84", "0x3b85", "0x3b85", "0x3b85", "0x3b86", "0x3b78"),
        kernel.asked.subList(kernel.asked.size() - 8, kernel.asked.size()));
  }

  /** Nothing is pinned then, and nothing found wrong. */
  @Test
  void aMapThatOnlyAskedIsTakenBackIfNoDeviceIsAttached() throws HostRefusedException {
    kernel.iovaAlignment = 1;
    kernel.refuse(FakeKernel.IOAS_UNMAP, Errno.ENOENT);
    assertEquals(new RefusalCause.NotMapped(), unmapRefused().reason());
    long maps = kernel.asked.stream().filter("0x3b85"::equals).count();
    long unmaps = kernel.asked.stream().filter("0x3b86"::equals).count();
    assertEquals(maps + 2, unmaps, "one asked for, one a map, one to close");
  }

  @Test
  void memoryThatIsAFileIsMappedThroughTheFile() throws HostRefusedException {
    try (VfioMapper mapper = open(FILES, FIRST)) {
      kernel.asked.clear();
      mapper.map(RANGE, new HostAddress(0x20_1000));
      assertEquals(List.of("0x3b8f", "file 5 from 0x11000"), kernel.asked);
    }
  }

  /** The caller may close its own, and another file may get that number. */
  @Test
  void aFileOfMemoryIsHeldByADescriptorOfTheMappersOwn() throws HostRefusedException {
    try (VfioMapper _ = open(FILES, FIRST)) {
      assertEquals("duplicate 5", kernel.asked.getFirst());
    }
    assertEquals(Set.of(), kernel.open, "descriptors open after close");
    kernel.duplicateErrno = 9; // EBADF
    assertSays(
        "descriptor 5", assertThrows(HostRefusedException.class, () -> open(FILES, FIRST).close()));
    assertEquals(Set.of(), kernel.open, "descriptors still open");
  }

  @Test
  void aRefusalOfAKernelThatNoLongerSaysItsRangesIsARefusalStill() throws HostRefusedException {
    try (VfioMapper mapper = open(FIRST)) {
      for (int errno : List.of(Errno.EINVAL, Errno.EEXIST, Errno.ENOENT, Errno.ENOMEM)) {
        kernel.refuse(FakeKernel.IOAS_IOVA_RANGES, Errno.ENOMEM);
        kernel.refuse(FakeKernel.IOAS_MAP, errno);
        kernel.refuse(FakeKernel.IOAS_UNMAP, errno);
        var map =
            assertThrows(
                HostRefusedException.class, () -> mapper.map(RANGE, new HostAddress(0x1000)));
        assertEquals(errno, map.errno());
        assertEquals(State.UNCHANGED, map.state());
        var unmap = assertThrows(HostRefusedException.class, () -> mapper.unmap(RANGE));
        assertEquals(errno, unmap.errno());
        assertEquals(State.PARTIAL, unmap.state());
      }
      kernel.refusals.clear();
    }
  }

  @Test
  void memoryThatIsNotWhollyAFileIsMappedByItsAddress() throws HostRefusedException {
    try (VfioMapper mapper = open(FILES, FIRST)) {
      kernel.asked.clear();
      mapper.map(RANGE, new HostAddress(0x20_2000));
      mapper.map(RANGE, new HostAddress(0x1f_f000));
      assertEquals(List.of("0x3b85", "0x3b85"), kernel.asked);
    }
  }

  @Test
  void aKernelThatMapsNoFilesIsAskedOnce() throws HostRefusedException {
    kernel.refuse(FakeKernel.IOAS_MAP_FILE, Errno.ENOTTY);
    try (VfioMapper mapper = open(FILES, FIRST)) {
      kernel.asked.clear();
      mapper.map(RANGE, new HostAddress(0x20_0000));
      mapper.map(RANGE, new HostAddress(0x20_0000));
      assertEquals(List.of("0x3b8f", "0x3b85", "0x3b85"), kernel.asked);
    }
  }

  private HostRefusedException unmapRefused() throws HostRefusedException {
    try (VfioMapper mapper = open(FIRST)) {
      return assertThrows(HostRefusedException.class, () -> mapper.unmap(RANGE));
    }
  }

  private static void assertSays(String words, HostRefusedException refusal) {
    assertTrue(refusal.toString().contains(words), refusal::toString);
  }

  private HostRefusedException refusalOf(PciAddress... devices) {
    return assertThrows(HostRefusedException.class, () -> open(devices).close());
  }

  private VfioMapper open(PciAddress... devices) throws HostRefusedException {
    return open(List.of(), devices);
  }

  private VfioMapper open(List<FileMemory> files, PciAddress... devices)
      throws HostRefusedException {
    return VfioMapper.open(
        kernel, new FakeHost(root).host(), List.of(devices), VfioBackend.IOMMUFD, files);
  }
}
