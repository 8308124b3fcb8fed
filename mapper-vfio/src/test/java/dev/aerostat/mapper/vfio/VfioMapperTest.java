package dev.aerostat.mapper.vfio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.HostRefusedException.State;
import dev.aerostat.api.RefusalCause;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the real kernel does not do to order; the rest is shown on the real kernel. */
final class VfioMapperTest {
  private static final PciAddress FIRST = new PciAddress("0000:00:05.0");
  private static final PciAddress SECOND = new PciAddress("0000:00:05.1");
  private static final PciAddress OTHER = new PciAddress("0000:00:06.0");

  @TempDir private Path root = Path.of("");
  private final FakeKernel kernel = new FakeKernel();

  @BeforeEach
  void threeDevicesInTwoGroups() throws IOException {
    var files = new FakeHost(root);
    files.device(FIRST.text(), 7, "vfio-pci");
    files.device(SECOND.text(), 7, "vfio-pci");
    files.device(OTHER.text(), 8, "vfio-pci");
  }

  @Test
  void devicesAreAttachedInTheKernelsOrderAndAGroupOnce() throws HostRefusedException {
    try (VfioMapper mapper = open(FIRST, SECOND, OTHER)) {
      assertEquals(
          List.of(
              "open dev/vfio/vfio",
              "0x3b64",
              "0x3b65",
              "open dev/vfio/7",
              "0x3b67",
              "0x3b68",
              "0x3b66",
              "0x3b6a",
              "0x3b6a",
              "open dev/vfio/8",
              "0x3b67",
              "0x3b68",
              "0x3b6a"),
          kernel.asked.subList(0, 13));
      assertEquals(
          List.of(FIRST, SECOND, OTHER),
          mapper.devices().stream().map(VfioDevice::address).toList());
    }
    assertEquals(Set.of(), kernel.open, "descriptors open after close");
  }

  @ParameterizedTest
  @ValueSource(longs = {0x3b64, 0x3b66, 0x3b67, 0x3b68, 0x3b6a, 0x3b70})
  void whateverStepIsRefusedNothingStaysOpen(long request) {
    kernel.refuse(request, Errno.EINVAL);
    var refusal = assertThrows(HostRefusedException.class, () -> open(FIRST, OTHER).close());
    assertEquals(HostOperation.ATTACH, refusal.operation());
    assertEquals(Set.of(), kernel.open, "descriptors still open");
  }

  @Test
  void aFileThatMayNotBeOpenedIsNamed() {
    kernel.openErrno = Errno.EACCES;
    assertEquals(
        new RefusalCause.NoPermission(root.resolve("dev/vfio/vfio").toString()),
        refusalOf(FIRST).reason());
  }

  @Test
  void aPlatformThatDoesNotIsolateInterruptsIsToldFromAFileThatMayNotBeOpened() {
    kernel.refuse(FakeKernel.SET_IOMMU, Errno.EPERM);
    String message = refusalOf(FIRST).toString();
    assertTrue(message.contains("allow_unsafe_interrupts=1"), message);
  }

  @Test
  void aGroupThatIsNotViableNamesTheDevicesInTheWay() throws IOException {
    new FakeHost(root).device("0000:00:05.2", 7, "e1000e");
    kernel.groupFlags = 0;
    assertEquals(
        new RefusalCause.GroupNotViable(7, List.of("0000:00:05.2 (e1000e)")),
        refusalOf(FIRST).reason());
  }

  @Test
  void aGroupThatAnotherProcessHoldsIsCalledBusyAtEveryStep() {
    var busy = new RefusalCause.GroupBusy(7, List.of(root.resolve("dev/vfio/7").toString()));
    kernel.openErrnos.put("dev/vfio/7", Errno.EBUSY);
    assertBusy(busy, Errno.EBUSY);
    kernel.openErrnos.clear();
    kernel.groupFlags = 0;
    assertBusy(busy, Errno.EBUSY);
    kernel.groupFlags = FakeKernel.GROUP_FLAGS_VIABLE;
    for (int errno : List.of(Errno.EBUSY, Errno.EPERM)) {
      kernel.refuse(FakeKernel.GROUP_SET_CONTAINER, errno);
      assertBusy(busy, errno);
    }
    kernel.refusals.clear();
    kernel.refuse(FakeKernel.GROUP_GET_DEVICE_FD, Errno.EBUSY);
    assertBusy(busy, Errno.EBUSY);
  }

  private void assertBusy(RefusalCause busy, int errno) {
    HostRefusedException refusal = refusalOf(FIRST);
    assertEquals(busy, refusal.reason());
    assertEquals(errno, refusal.errno());
    assertTrue(refusal.toString().contains("fuser -v"), refusal::toString);
    assertEquals(Set.of(), kernel.open, "descriptors still open");
  }

  @Test
  void anUnmapAllThatIsRefusedHalfWayIsPartial() throws HostRefusedException {
    kernel.unmapsAll = false;
    try (VfioMapper mapper = open(FIRST)) {
      kernel.refuseAfter(FakeKernel.IOMMU_UNMAP_DMA, 1, Errno.EINVAL);
      var refusal = assertThrows(HostRefusedException.class, mapper::unmapAll);
      assertEquals(State.PARTIAL, refusal.state());
      assertEquals(0x8000_1000L, refusal.start(), "the range that was refused");
      kernel.refuse(FakeKernel.IOMMU_UNMAP_DMA, Errno.EINVAL);
      assertEquals(State.UNCHANGED, unmapAllRefused(mapper).state());
    }
  }

  /** Where the ranges are not known nothing was unmapped. */
  @Test
  void anUnmapAllOfAContainerThatSaysNothingIsRefused() throws HostRefusedException {
    kernel.unmapsAll = false;
    try (VfioMapper mapper = open(FIRST)) {
      kernel.refuse(FakeKernel.IOMMU_GET_INFO, Errno.EINVAL);
      HostRefusedException refusal = unmapAllRefused(mapper);
      assertEquals(new RefusalCause.NotAttached(), refusal.reason());
      assertEquals(State.UNCHANGED, refusal.state());
    }
  }

  @Test
  void aMapperWhoseUnmapIsRefusedClosesAllTheSame() throws HostRefusedException {
    open(FIRST, OTHER).close();
    kernel.refuse(FakeKernel.IOMMU_UNMAP_DMA, Errno.EINVAL);
    open(FIRST, OTHER).close();
    assertEquals(Set.of(), kernel.open, "descriptors open after close");
  }

  private static HostRefusedException unmapAllRefused(VfioMapper mapper) {
    return assertThrows(HostRefusedException.class, mapper::unmapAll);
  }

  @Test
  void beforeLinux512UnmapAllGoesRangeByRange() throws HostRefusedException {
    kernel.unmapsAll = false;
    try (VfioMapper mapper = open(FIRST)) {
      kernel.asked.clear();
      assertEquals(0xffff_f000L, mapper.unmapAll());
      assertEquals(
          List.of(
              "0x3b70", "0x3b70",
              "0x3b72", "[0x0, +0x80000000)",
              "0x3b72", "[0x80001000, +0x7ffff000)"),
          kernel.asked);
    }
  }

  @Test
  void aContainerNeedsADevice() {
    assertThrows(IllegalArgumentException.class, () -> open().close());
  }

  private HostRefusedException refusalOf(PciAddress device) {
    return assertThrows(HostRefusedException.class, () -> open(device).close());
  }

  private VfioMapper open(PciAddress... devices) throws HostRefusedException {
    return VfioMapper.open(
        kernel, new FakeHost(root).host(), List.of(devices), VfioBackend.TYPE1, List.of());
  }
}
