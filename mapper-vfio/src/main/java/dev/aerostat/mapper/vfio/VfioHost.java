package dev.aerostat.mapper.vfio;

import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.vfio.backend.HostFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the host says of VFIO in /sys and /dev. Only looks.
 *
 * @param root of the file system: tests have one of their own
 */
record VfioHost(Path root) implements HostFiles {
  static final VfioHost LOCAL = new VfioHost(Path.of("/"));

  /** The host's drivers that do no DMA of their own ({@code driver_managed_dma}, Linux 5.19). */
  private static final Set<String> HARMLESS = Set.of("pcieport", "pci-stub");

  /** What the kernel calls a group without an IOMMU ({@code vfio_noiommu_group_alloc}). */
  private static final String NO_IOMMU = "vfio-noiommu";

  @Override
  public Path container() {
    return root.resolve("dev/vfio/vfio");
  }

  @Override
  public Path iommufd() {
    return root.resolve("dev/iommu");
  }

  @Override
  public Path deviceFile(String address) {
    return findDeviceFile(device(address))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "device=%s: it has no file in /dev/vfio/devices, as this kernel is built without"
                            .formatted(address)
                        + " (CONFIG_VFIO_DEVICE_CDEV, Linux 6.6); use backend=type1"));
  }

  private Optional<Path> findDeviceFile(Path device) {
    return names(device.resolve("vfio-dev")).stream().findFirst().map(deviceFiles()::resolve);
  }

  private Path deviceFiles() {
    return root.resolve("dev/vfio/devices");
  }

  /** Returns which interface to use: iommufd where all of its files can be opened. */
  VfioBackend preferred(List<PciAddress> devices) {
    boolean iommufd =
        usable(iommufd())
            && devices.stream()
                .map(device -> findDeviceFile(device(device.text())))
                .allMatch(file -> file.filter(VfioHost::usable).isPresent());
    return iommufd ? VfioBackend.IOMMUFD : VfioBackend.TYPE1;
  }

  private static boolean usable(Path file) {
    return Files.isReadable(file) && Files.isWritable(file);
  }

  @Override
  public Path groupFile(int group) {
    return root.resolve("dev/vfio/" + group);
  }

  /**
   * Returns what keeps VFIO from working at all, in the order in which a person would put it right.
   */
  Optional<String> missing() {
    if (names(groups()).stream().noneMatch(this::translates)) {
      return Optional.of(
          "this host has no IOMMU groups: switch the IOMMU on in the firmware and on the kernel's"
              + " command line (intel_iommu=on, or amd_iommu=on)");
    }
    if (!Files.exists(container()) && !Files.exists(iommufd())) {
      return Optional.of(
          "there is no %s: load the driver (modprobe vfio-pci)".formatted(container()));
    }
    if (backends().isEmpty()) {
      return Optional.of(
          "this process may not read and write %s: change its owner or mode"
              .formatted(container()));
    }
    return boundDevices().isEmpty()
        ? Optional.of("no device is bound to a VFIO driver: " + howToBind("ADDRESS"))
        : Optional.empty();
  }

  /** The interfaces that this process may open, the better one first. */
  List<VfioBackend> backends() {
    var usable = new ArrayList<VfioBackend>();
    if (usable(iommufd()) && Files.isDirectory(deviceFiles())) {
      usable.add(VfioBackend.IOMMUFD);
    }
    if (usable(container())) {
      usable.add(VfioBackend.TYPE1);
    }
    return usable;
  }

  List<String> boundDevices() {
    return names(drivers()).stream()
        .filter(this::isVfio)
        .flatMap(driver -> names(drivers().resolve(driver)).stream())
        .filter(name -> name.indexOf(':') > 0 && hasIommu(name))
        .sorted()
        .toList();
  }

  private boolean hasIommu(String device) {
    Path group = device(device).resolve("iommu_group");
    return Files.exists(group) && translates(target(group));
  }

  private boolean translates(String group) {
    return !contents(groups().resolve(group).resolve("name")).equals(NO_IOMMU);
  }

  /**
   * Returns whether a driver is vfio-pci or a variant of it for one kind of device, such as
   * mlx5_vfio_pci or xe-vfio-pci: by its name, or since its module uses that of vfio-pci's core.
   */
  private boolean isVfio(String driver) {
    Path module = drivers().resolve(driver).resolve("module");
    return driver.contains("vfio")
        || (Files.exists(module)
            && Files.exists(
                root.resolve("sys/module/vfio_pci_core/holders").resolve(target(module))));
  }

  @Override
  public int groupOf(String address) {
    Path device = device(address);
    if (!Files.exists(device)) {
      throw new IllegalArgumentException(
          "device=%s: there is no such PCI device (lspci -D lists them)".formatted(address));
    }
    Path group = device.resolve("iommu_group");
    if (!Files.exists(group)) {
      throw new IllegalArgumentException(
          "device=%s: it is behind no IOMMU; switch the IOMMU on (intel_iommu=on)"
              .formatted(address));
    }
    String number = target(group);
    if (!translates(number)) {
      throw new IllegalArgumentException(
          ("device=%s: its group %s (%s) has no IOMMU, so nothing would confine its DMA; switch the"
                  + " IOMMU on (intel_iommu=on) and vfio's enable_unsafe_noiommu_mode off")
              .formatted(address, number, NO_IOMMU));
    }
    Optional<String> driver = driver(device);
    if (driver.filter(this::isVfio).isEmpty()) {
      throw new IllegalArgumentException(
          "device=%s: its driver is %s, not vfio-pci; bind it: %s"
              .formatted(address, driver.orElse("none"), howToBind(address)));
    }
    return Integer.parseInt(number);
  }

  @Override
  public RefusalCause whyHeld(int group) {
    List<String> others = othersIn(group);
    return others.isEmpty()
        ? new RefusalCause.GroupBusy(group, filesOf(group))
        : new RefusalCause.GroupNotViable(group, others);
  }

  /** The devices of a group that a driver of the host does DMA with, each with that driver. */
  private List<String> othersIn(int group) {
    return devicesIn(group)
        .flatMap(
            device ->
                driver(device)
                    .filter(driver -> !isVfio(driver) && !HARMLESS.contains(driver))
                    .map(driver -> "%s (%s)".formatted(device.getFileName(), driver))
                    .stream())
        .toList();
  }

  /** Whoever holds a group has one of these files open. */
  private List<String> filesOf(int group) {
    Stream<Path> files =
        devicesIn(group).flatMap(device -> findDeviceFile(device).stream()).filter(Files::exists);
    return Stream.concat(Stream.of(groupFile(group)), files).map(Path::toString).toList();
  }

  private Stream<Path> devicesIn(int group) {
    Path devices = groups().resolve(Integer.toString(group)).resolve("devices");
    return names(devices).stream().map(devices::resolve);
  }

  private Optional<String> driver(Path device) {
    Path driver = device.resolve("driver");
    return Files.exists(driver) ? Optional.of(target(driver)) : Optional.empty();
  }

  private Path groups() {
    return root.resolve("sys/kernel/iommu_groups");
  }

  private Path drivers() {
    return root.resolve("sys/bus/pci/drivers");
  }

  private Path device(String address) {
    return root.resolve("sys/bus/pci/devices").resolve(address);
  }

  private static String howToBind(String address) {
    return "echo vfio-pci > /sys/bus/pci/devices/%1$s/driver_override; echo %1$s > %2$s"
        .formatted(address, "/sys/bus/pci/drivers_probe");
  }

  private static String target(Path link) {
    try {
      return String.valueOf(link.toRealPath().getFileName());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Returns the line in a file of /sys, or nothing if it has none. */
  private static String contents(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file).strip() : "";
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static List<String> names(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> String.valueOf(entry.getFileName())).sorted().toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
