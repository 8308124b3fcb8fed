package dev.aerostat.mapper.vfio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the host says of VFIO in /sys and /dev. Only looks.
 *
 * @param root of the file system: tests have one of their own
 */
record VfioHost(Path root) {
  static final VfioHost LOCAL = new VfioHost(Path.of("/"));

  private static final String DRIVER = "vfio-pci";

  Path container() {
    return root.resolve("dev/vfio/vfio");
  }

  Path iommufd() {
    return root.resolve("dev/iommu");
  }

  /**
   * Finds the file of one device, which only iommufd needs.
   *
   * @throws IllegalArgumentException if it has none: the message says what to do
   */
  Path deviceFile(PciAddress address) {
    return findDeviceFile(address)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "device=%s: it has no file in /dev/vfio/devices, as this kernel is built without"
                            .formatted(address)
                        + " (CONFIG_VFIO_DEVICE_CDEV, Linux 6.6); use backend=type1"));
  }

  private Optional<Path> findDeviceFile(PciAddress address) {
    return names(device(address.text()).resolve("vfio-dev")).stream()
        .findFirst()
        .map(deviceFiles()::resolve);
  }

  private Path deviceFiles() {
    return root.resolve("dev/vfio/devices");
  }

  /** Says which interface to use: iommufd where all of its files can be opened. */
  VfioBackend preferred(List<PciAddress> devices) {
    boolean iommufd =
        usable(iommufd())
            && devices.stream()
                .allMatch(device -> findDeviceFile(device).filter(VfioHost::usable).isPresent());
    return iommufd ? VfioBackend.IOMMUFD : VfioBackend.TYPE1;
  }

  private static boolean usable(Path file) {
    return Files.isReadable(file) && Files.isWritable(file);
  }

  Path groupFile(int group) {
    return root.resolve("dev/vfio/" + group);
  }

  /** Says what keeps VFIO from working at all, in the order in which a person would mend it. */
  Optional<String> missing() {
    if (names(root.resolve("sys/kernel/iommu_groups")).isEmpty()) {
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
        ? Optional.of("no device is bound to vfio-pci: " + howToBind("ADDRESS"))
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
    return names(root.resolve("sys/bus/pci/drivers").resolve(DRIVER)).stream()
        .filter(name -> name.indexOf(':') > 0)
        .toList();
  }

  /**
   * Finds the group of a device that is ready to be attached.
   *
   * @throws IllegalArgumentException if it is not: the message says what to do
   */
  int groupOf(PciAddress address) {
    Path device = device(address.text());
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
    Optional<String> driver = driver(address.text());
    if (!driver.equals(Optional.of(DRIVER))) {
      throw new IllegalArgumentException(
          "device=%s: its driver is %s, not vfio-pci; bind it: %s"
              .formatted(address, driver.orElse("none"), howToBind(address.text())));
    }
    return Integer.parseInt(target(group));
  }

  /** The devices of a group that a driver other than VFIO's holds, each with that driver. */
  List<String> othersIn(int group) {
    return names(root.resolve("sys/kernel/iommu_groups/%d/devices".formatted(group))).stream()
        .flatMap(
            device ->
                driver(device)
                    .filter(driver -> !driver.startsWith("vfio"))
                    .map(driver -> "%s (%s)".formatted(device, driver))
                    .stream())
        .toList();
  }

  private Optional<String> driver(String device) {
    Path driver = device(device).resolve("driver");
    return Files.exists(driver) ? Optional.of(target(driver)) : Optional.empty();
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
