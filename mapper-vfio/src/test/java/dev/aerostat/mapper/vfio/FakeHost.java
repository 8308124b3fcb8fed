package dev.aerostat.mapper.vfio;

import dev.aerostat.mapper.spi.HostTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files as /sys and /dev have them, below a directory of a test. */
record FakeHost(Path root) {
  VfioHost host() {
    return new VfioHost(new HostTree(root));
  }

  void driver() throws IOException {
    Files.createDirectories(root.resolve("dev/vfio"));
    Files.createFile(root.resolve("dev/vfio/vfio"));
  }

  void iommufd() throws IOException {
    Files.createDirectories(root.resolve("dev/vfio/devices"));
    Files.createFile(root.resolve("dev/iommu"));
  }

  /** As a kernel with device files makes one for a device bound to vfio-pci. */
  void deviceFile(String address, String name) throws IOException {
    Files.createDirectories(
        root.resolve("sys/bus/pci/devices").resolve(address).resolve("vfio-dev").resolve(name));
    Files.createFile(root.resolve("dev/vfio/devices").resolve(name));
  }

  void device(String address, int group, String driver) throws IOException {
    Path device = Files.createDirectories(root.resolve("sys/bus/pci/devices").resolve(address));
    Path groupDirectory = root.resolve("sys/kernel/iommu_groups/" + group);
    Path driverDirectory =
        Files.createDirectories(root.resolve("sys/bus/pci/drivers").resolve(driver));
    Files.createDirectories(groupDirectory.resolve("devices"));
    Files.createSymbolicLink(groupDirectory.resolve("devices").resolve(address), device);
    Files.createSymbolicLink(device.resolve("iommu_group"), groupDirectory);
    Files.createSymbolicLink(device.resolve("driver"), driverDirectory);
    Files.createSymbolicLink(driverDirectory.resolve(address), device);
  }

  /** Has a driver belong to a module. */
  void module(String driver, String module) throws IOException {
    Path directory = Files.createDirectories(root.resolve("sys/module").resolve(module));
    Files.createSymbolicLink(
        root.resolve("sys/bus/pci/drivers").resolve(driver).resolve("module"), directory);
  }
}
