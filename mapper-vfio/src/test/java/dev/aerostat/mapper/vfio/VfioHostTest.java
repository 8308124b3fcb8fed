package dev.aerostat.mapper.vfio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.spi.MapperAvailability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VfioHostTest {
  private static final PciAddress EDU = new PciAddress("0000:00:05.0");

  @TempDir private Path root = Path.of("");
  private FakeHost files = new FakeHost(Path.of(""));
  private VfioHost host = VfioHost.LOCAL;

  @BeforeEach
  void anEmptyHost() {
    files = new FakeHost(root);
    host = files.host();
  }

  @Test
  void whatIsMissingIsSaidInTheOrderOfMendingIt() throws IOException {
    assertMissing("intel_iommu=on");
    Files.createDirectories(root.resolve("sys/kernel/iommu_groups/7"));
    assertMissing("modprobe vfio-pci");
    files.driver();
    assertMissing("echo vfio-pci > ");
    files.device(EDU.text(), 7, "vfio-pci");
    assertEquals(Optional.empty(), host.missing());
    var available =
        assertInstanceOf(
            MapperAvailability.Available.class, new VfioMapperProvider(host).availability());
    assertTrue(available.detail().endsWith("0000:00:05.0"), available.detail());
  }

  @Test
  void iommufdIsPreferredWhereAllOfItsFilesCanBeOpened() throws IOException {
    files.driver();
    files.device(EDU.text(), 7, "vfio-pci");
    assertEquals(List.of(VfioBackend.TYPE1), host.backends());
    assertEquals(VfioBackend.TYPE1, host.preferred(List.of(EDU)));
    files.iommufd();
    assertEquals(List.of(VfioBackend.IOMMUFD, VfioBackend.TYPE1), host.backends());
    assertEquals(VfioBackend.TYPE1, host.preferred(List.of(EDU)), "no file for the device");
    files.deviceFile(EDU.text(), "vfio0");
    assertEquals(root.resolve("dev/vfio/devices/vfio0"), host.deviceFile(EDU.text()));
    assertEquals(VfioBackend.IOMMUFD, host.preferred(List.of(EDU)));
    Files.delete(root.resolve("dev/vfio/devices/vfio0"));
    assertEquals(VfioBackend.TYPE1, host.preferred(List.of(EDU)), "a file that cannot be opened");
  }

  @Test
  void aDeviceThatIsReadyHasAGroup() throws IOException {
    files.device(EDU.text(), 7, "vfio-pci");
    assertEquals(7, host.groupOf(EDU.text()));
  }

  @Test
  void aDeviceThatIsNotReadySaysWhatToDo() throws IOException {
    assertMistake("there is no such PCI device");
    files.device(EDU.text(), 7, "e1000e");
    assertMistake("its driver is e1000e, not vfio-pci; bind it: echo vfio-pci > ");
    Files.delete(root.resolve("sys/bus/pci/devices/0000:00:05.0/driver"));
    assertMistake("its driver is none");
    Files.delete(root.resolve("sys/bus/pci/devices/0000:00:05.0/iommu_group"));
    assertMistake("behind no IOMMU");
  }

  @Test
  void othersInAGroupAreThoseThatADriverOfTheHostHolds() throws IOException {
    files.device(EDU.text(), 7, "vfio-pci");
    files.device("0000:00:05.1", 7, "e1000e");
    files.device("0000:00:05.2", 8, "xhci_hcd");
    assertEquals(
        new RefusalCause.GroupNotViable(7, List.of("0000:00:05.1 (e1000e)")), host.whyHeld(7));
  }

  @Test
  void aDeviceOfAnotherBusInAGroupIsNamedWithItsDriver() throws IOException {
    files.device(EDU.text(), 7, "vfio-pci");
    Path dma = Files.createDirectories(root.resolve("sys/devices/platform/9050000.dma"));
    Path driver = Files.createDirectories(root.resolve("sys/bus/platform/drivers/pl330"));
    Files.createSymbolicLink(dma.resolve("driver"), driver);
    Files.createSymbolicLink(root.resolve("sys/kernel/iommu_groups/7/devices/9050000.dma"), dma);
    assertEquals(
        new RefusalCause.GroupNotViable(7, List.of("9050000.dma (pl330)")), host.whyHeld(7));
  }

  /** They do no DMA of their own, so the kernel lets VFIO have the group. */
  @ParameterizedTest
  @ValueSource(strings = {"pcieport", "pci-stub", "vfio-pci", "mlx5_vfio_pci"})
  void aGroupBesideADriverThatLeavesDmaAloneIsOnlyBusy(String driver) throws IOException {
    files.device(EDU.text(), 7, "vfio-pci");
    files.device("0000:00:04.0", 7, driver);
    assertEquals(
        new RefusalCause.GroupBusy(7, List.of(root.resolve("dev/vfio/7").toString())),
        host.whyHeld(7));
  }

  @Test
  void whoeverHoldsABusyGroupHasOneOfItsFilesOpen() throws IOException {
    files.iommufd();
    files.device(EDU.text(), 7, "vfio-pci");
    files.deviceFile(EDU.text(), "vfio0");
    files.device("0000:00:05.1", 7, "vfio-pci");
    files.deviceFile("0000:00:05.1", "vfio4");
    files.device("0000:00:05.2", 7, "pci-stub");
    var busy = assertInstanceOf(RefusalCause.GroupBusy.class, host.whyHeld(7));
    assertEquals(
        List.of("7", "devices/vfio0", "devices/vfio4"),
        busy.files().stream()
            .map(file -> file.replace(root.resolve("dev/vfio/") + "/", ""))
            .toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "vfio-pci",
        "mlx5_vfio_pci",
        "nvgrace-gpu-vfio-pci",
        "xe-vfio-pci",
        "hisi-acc-vfio-pci"
      })
  void aVariantOfVfioPciIsAsGood(String driver) throws IOException {
    Files.createDirectories(root.resolve("sys/kernel/iommu_groups"));
    files.driver();
    files.device(EDU.text(), 7, driver);
    assertEquals(7, host.groupOf(EDU.text()));
    assertEquals(List.of(EDU.text()), host.boundDevices());
    assertEquals(Optional.empty(), host.missing());
  }

  @Test
  void aDriverWhoseModuleUsesThatOfVfioPciIsAVariantWhateverItsName() throws IOException {
    files.device(EDU.text(), 7, "gpu-share");
    files.module("gpu-share", "gpu_share");
    assertMistake("its driver is gpu-share");
    Files.createDirectories(root.resolve("sys/module/vfio_pci_core/holders/gpu_share"));
    assertEquals(7, host.groupOf(EDU.text()));
    assertEquals(List.of(EDU.text()), host.boundDevices());
  }

  @Test
  void aGroupWithoutAnIommuIsRefusedByName() throws IOException {
    files.driver();
    files.device(EDU.text(), 7, "vfio-pci");
    Files.writeString(root.resolve("sys/kernel/iommu_groups/7/name"), "vfio-noiommu\n");
    assertMistake("its group 7 (vfio-noiommu) has no IOMMU");
    assertMissing("intel_iommu=on");
    files.device("0000:00:06.0", 8, "vfio-pci");
    assertEquals(List.of("0000:00:06.0"), host.boundDevices());
    assertEquals(Optional.empty(), host.missing());
  }

  @Test
  void aGroupMayHaveAnyOtherName() throws IOException {
    files.device(EDU.text(), 7, "vfio-pci");
    Files.writeString(root.resolve("sys/kernel/iommu_groups/7/name"), "gpu\n");
    assertEquals(7, host.groupOf(EDU.text()));
  }

  private void assertMissing(String advice) {
    String missing = host.missing().orElseThrow();
    assertTrue(missing.contains(advice), missing);
    var unavailable =
        assertInstanceOf(
            MapperAvailability.Unavailable.class, new VfioMapperProvider(host).availability());
    assertEquals(missing, unavailable.reason());
  }

  private void assertMistake(String message) {
    var mistake = assertThrows(IllegalArgumentException.class, () -> host.groupOf(EDU.text()));
    assertTrue(mistake.toString().contains(message), mistake::toString);
  }
}
