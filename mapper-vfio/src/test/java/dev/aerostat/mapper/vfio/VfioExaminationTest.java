package dev.aerostat.mapper.vfio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestRange;
import dev.aerostat.mapper.spi.HostExamination;
import dev.aerostat.mapper.spi.HostFinding;
import dev.aerostat.mapper.spi.HostFinding.Verdict;
import dev.aerostat.mapper.spi.HostTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class VfioExaminationTest {
  private static final String EDU = "0000:00:05.0";
  private static final String DEVICE = "device " + EDU;
  private static final String LIMIT = "sys/module/vfio_iommu_type1/parameters/dma_entry_limit";

  /** The kernel lets nobody write here, root included (proc_sys_permission). */
  private static final Path UNWRITABLE = Path.of("/proc/sys/kernel/osrelease");

  @TempDir private Path root = Path.of("");
  private FakeHost files = new FakeHost(Path.of(""));
  private List<GuestRange> ram = List.of(new GuestRange(0, 2L << 30));

  @BeforeEach
  void anEmptyHost() {
    files = new FakeHost(root);
  }

  @Test
  void whereNothingIsThereEachThingIsMissingInTheOrderOfMending() {
    assertEquals(
        List.of("IOMMU", "VFIO"),
        examine().stream()
            .filter(finding -> finding.verdict() == Verdict.MISSING)
            .map(HostFinding::subject)
            .toList());
    assertFound(Verdict.MISSING, "VFIO", "not loaded", "sudo modprobe vfio-pci");
    assertFound(
        Verdict.MISSING, "IOMMU", "no IOMMU groups", "sudo systemctl reboot --firmware-setup");
    assertFound(Verdict.UNKNOWN, "mappings", "65,535", "sudo modprobe vfio_iommu_type1");
  }

  @Test
  void anIommuThatTheFirmwareHasIsSwitchedOnOnTheKernelsCommandLine() throws IOException {
    write("sys/firmware/acpi/tables/DMAR", "");
    assertFound(
        Verdict.MISSING,
        "IOMMU",
        "DMAR",
        "sudo sed -i 's/LINUX=\"/&intel_iommu=on /' /etc/default/grub");
    write("usr/sbin/grubby", "");
    assertFound(
        Verdict.MISSING, "IOMMU", "DMAR", "sudo grubby --update-kernel=ALL --args=intel_iommu=on");
  }

  @ParameterizedTest
  @ValueSource(strings = {"intel_iommu=off", "amd_iommu=off", "iommu=off"})
  void anIommuThatWasSwitchedOffIsToldByTheArgumentThatDidIt(String argument) throws IOException {
    write("sys/firmware/acpi/tables/IVRS", "");
    assertFound(Verdict.MISSING, "IOMMU", "IVRS", "sudo dmesg | grep AMD-Vi");
    write("proc/cmdline", "quiet %s splash\n".formatted(argument));
    assertFound(
        Verdict.MISSING,
        "IOMMU",
        "switched off on the kernel's command line (%s)".formatted(argument),
        "sudo sed -i 's/%s//' /etc/default/grub".formatted(argument));
  }

  @Test
  void whereAllIsThereNothingIsMissing() throws IOException {
    aGoodHost();
    assertFound(Verdict.OK, "IOMMU", "on, 1 group");
    assertFound(Verdict.OK, "VFIO", "by type1");
    assertFound(Verdict.OK, DEVICE, "vfio-pci, group 7, alone in it");
    assertFound(Verdict.OK, "groups", "7: 0000:00:05.0 (vfio-pci)");
    assertFound(Verdict.OK, "mappings", "at most 65,535 a container");
    assertTrue(examine().stream().allMatch(finding -> finding.verdict() == Verdict.OK));
    assertEquals(Verdict.OK, found(DEVICE, EDU).verdict());
  }

  @Test
  void byIommufdThereIsNoLimitOfMappings() throws IOException {
    aGoodHost();
    files.iommufd();
    files.deviceFile(EDU, "vfio0");
    assertFound(Verdict.OK, "VFIO", "by iommufd");
    assertFound(Verdict.OK, "mappings", "as many as there is memory for");
    assertFound(Verdict.OK, DEVICE, "vfio-pci, group 7");
  }

  @Test
  void aFileThatThisUserMayNotOpenIsNamedWithHowToOpenIt() throws IOException {
    aGoodHost();
    forbid("dev/vfio/7");
    assertFound(
        Verdict.MISSING,
        DEVICE,
        "this user may not read and write /dev/vfio/7",
        "sudo chown \"$USER\" /dev/vfio/7");
    forbid("dev/iommu");
    assertFound(Verdict.WARNING, "VFIO", "/dev/iommu", "sudo chown \"$USER\" /dev/iommu");
    forbid("dev/vfio/vfio");
    assertFound(Verdict.MISSING, "VFIO", "/dev/vfio/vfio", "sudo chmod 666 /dev/vfio/vfio");
  }

  @Test
  void aGroupThatTheHostHoldsADeviceOfIsToldWithHowToFreeIt() throws IOException {
    aGoodHost();
    files.device("0000:00:05.1", 7, "e1000e");
    HostFinding device = found(DEVICE);
    assertEquals(Verdict.MISSING, device.verdict());
    assertEquals(
        "its group 7 also holds 0000:00:05.1 (e1000e), which the host uses", device.fact());
    assertEquals(
        List.of(
            "echo vfio-pci | sudo tee /sys/bus/pci/devices/0000:00:05.1/driver_override",
            "echo 0000:00:05.1 | sudo tee /sys/bus/pci/devices/0000:00:05.1/driver/unbind",
            "echo 0000:00:05.1 | sudo tee /sys/bus/pci/drivers_probe"),
        device.commands());
  }

  @Test
  void aDeviceOfAnotherBusOnlyLosesItsDriver() throws IOException {
    aGoodHost();
    Path dma = Files.createDirectories(root.resolve("sys/devices/platform/9050000.dma"));
    Path driver = Files.createDirectories(root.resolve("sys/bus/platform/drivers/pl330"));
    Files.createSymbolicLink(dma.resolve("driver"), driver);
    Files.createSymbolicLink(root.resolve("sys/kernel/iommu_groups/7/devices/9050000.dma"), dma);
    assertEquals(
        List.of(
            "echo 9050000.dma | sudo tee"
                + " /sys/kernel/iommu_groups/7/devices/9050000.dma/driver/unbind"),
        found(DEVICE).commands());
  }

  @Test
  void aGroupThatIsNotViableIsNoObstacleWhereAnotherIs() throws IOException {
    aGoodHost();
    files.device("0000:00:06.0", 8, "vfio-pci");
    files.device("0000:00:06.1", 8, "virtio-pci");
    write("dev/vfio/8", "");
    assertFound(Verdict.WARNING, "device 0000:00:06.0", "also holds 0000:00:06.1 (virtio-pci)");
    assertFound(Verdict.OK, DEVICE, "alone in it");
    assertEquals(
        Verdict.MISSING, found("device 0000:00:06.0", "0000:00:06.0").verdict(), "asked for");
  }

  @Test
  void aDeviceThatIsAskedForIsExaminedBeforeItIsBound() throws IOException {
    aGoodHost();
    files.device("0000:00:09.0", 9, "e1000e");
    HostFinding device = found("device 0000:00:09.0", "0000:00:09.0");
    assertEquals(Verdict.MISSING, device.verdict());
    assertEquals("its driver is e1000e, not vfio-pci", device.fact());
    assertEquals(
        List.of(
            "sudo modprobe vfio-pci",
            "echo vfio-pci | sudo tee /sys/bus/pci/devices/0000:00:09.0/driver_override",
            "echo 0000:00:09.0 | sudo tee /sys/bus/pci/devices/0000:00:09.0/driver/unbind",
            "echo 0000:00:09.0 | sudo tee /sys/bus/pci/drivers_probe"),
        device.commands());
    assertEquals(
        "there is no such PCI device", found("device 0000:00:0a.0", "0000:00:0a.0").fact());
  }

  @Test
  void aNameThatIsNoAddressIsRefusedWithWhatWasExpected() {
    var mistake = assertThrows(IllegalArgumentException.class, () -> examine("05.0"));
    assertTrue(mistake.toString().contains("'05.0' is no PCI address"), mistake::toString);
  }

  @Test
  void whereNoDeviceIsBoundThoseToChooseFromAreNamed() throws IOException {
    files.driver();
    files.device("0000:00:01.0", 1, "pcieport");
    write("sys/bus/pci/devices/0000:00:01.0/class", "0x060400\n");
    files.device("0000:00:09.0", 9, "e1000e");
    assertFound(
        Verdict.MISSING,
        "devices",
        "none is bound to vfio-pci; to choose from: 0000:00:09.0",
        "aerostat doctor --device 0000:00:09.0");
  }

  @Test
  void aGroupWithoutAnIommuGivesNobodyADevice() throws IOException {
    aGoodHost();
    write("sys/kernel/iommu_groups/7/name", "vfio-noiommu\n");
    assertFound(Verdict.MISSING, "IOMMU", "no IOMMU groups");
    assertTrue(found(DEVICE, EDU).fact().contains("no group with an IOMMU"));
  }

  @Test
  void ramWhereTheGroupKeepsAddressesForItselfIsRefused() throws IOException {
    aGoodHost();
    write(
        "sys/kernel/iommu_groups/7/reserved_regions",
        """
        0x0000000000000000 0x0000000000ffffff direct-relaxable
        0x00000000fee00000 0x00000000feefffff msi
        0x000000fd00000000 0x000000ffffffffff reserved
        not a line of the kernel
        """);
    assertFound(Verdict.OK, DEVICE, "alone in it");
    ram = List.of(new GuestRange(0, 2L << 30), new GuestRange(4L << 30, 0xfd_0000_0000L));
    assertFound(Verdict.OK, DEVICE, "alone in it");
    ram = List.of(new GuestRange(0, 2L << 30), new GuestRange(4L << 30, 0xfd_0020_0000L));
    assertFound(Verdict.MISSING, DEVICE, "0x000000fd00000000");
  }

  /** 384 GiB of a PC: 2 GiB from 0 on, the rest from 4 GiB on. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          4294967295 | OK      | granules of 2 MiB
          196640     | OK      | granules of 2 MiB
          65535      | OK      | granules of 8 MiB
          6176       | OK      | granules of 64 MiB
          6175       | WARNING | granules of 128 MiB
          100        | WARNING | granules of 8 GiB
          34         | WARNING | granules of 512 GiB
          33         | MISSING | at most 33 a container
          0          | MISSING | at most 0 a container
          many       | UNKNOWN | does not tell its limit
          -1         | UNKNOWN | does not tell its limit
          """)
  void theLimitOfMappingsDecidesHowLargeGranulesAre(String limit, Verdict verdict, String fact)
      throws IOException {
    aGoodHost();
    ram = List.of(new GuestRange(0, 2L << 30), new GuestRange(4L << 30, 386L << 30));
    write(LIMIT, limit + "\n");
    assertFound(verdict, "mappings", fact);
    if (verdict == Verdict.WARNING || verdict == Verdict.MISSING) {
      assertFound(verdict, "mappings", fact, "echo 65535 | sudo tee /" + LIMIT);
    }
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void filesThatMakeNoSenseAreNoReasonToFail() throws IOException, InterruptedException {
    aGoodHost();
    write(LIMIT, "\0\0\0");
    write("sys/kernel/iommu_groups/7/reserved_regions", "0x 0x x\n0xffffffffffffffff 0x0 y\n");
    write("sys/kernel/iommu_groups/not-a-number/name", "\u001b[2J");
    Files.createSymbolicLink(
        root.resolve("sys/kernel/iommu_groups/7/devices/gone"), Path.of("nowhere"));
    Files.createDirectories(root.resolve("sys/bus/pci/drivers/vfio-pci/not:an:address"));
    Path pipe = root.resolve("sys/kernel/iommu_groups/7/name");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    assertFound(Verdict.OK, DEVICE, "group 7 with gone (no driver)");
    assertFound(Verdict.UNKNOWN, "mappings", "does not tell its limit");
  }

  @Test
  void ofManyGroupsAndDevicesSomeAreNamedAndTheRestCounted() throws IOException {
    files.driver();
    for (int group = 0; group < 64; group++) {
      files.device("0000:%02x:00.0".formatted(group), group, "vfio-pci");
    }
    assertFound(Verdict.OK, "devices", "52 more");
    assertFound(Verdict.OK, "groups", "11: 0000:0b:00.0 (vfio-pci); and 52 more");
    assertEquals(12, examine().stream().filter(f -> f.subject().startsWith("device 0")).count());
  }

  private void aGoodHost() throws IOException {
    files.driver();
    files.device(EDU, 7, "vfio-pci");
    write("dev/vfio/7", "");
    write(LIMIT, "65535\n");
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private void forbid(String file) throws IOException {
    Files.deleteIfExists(root.resolve(file));
    Files.createSymbolicLink(root.resolve(file), UNWRITABLE);
  }

  private List<HostFinding> examine(String... devices) {
    return new VfioMapperProvider()
        .examine(new HostExamination(new HostTree(root), ram, Arrays.asList(devices)));
  }

  private HostFinding found(String subject, String... devices) {
    List<HostFinding> findings = examine(devices);
    return findings.stream()
        .filter(finding -> finding.subject().equals(subject))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no %s in %s".formatted(subject, findings)));
  }

  private void assertFound(Verdict verdict, String subject, String fact, String... command) {
    HostFinding finding = found(subject);
    assertEquals(verdict, finding.verdict(), finding::toString);
    assertTrue(finding.fact().contains(fact), finding::toString);
    assertTrue(finding.commands().containsAll(List.of(command)), finding::toString);
  }
}
