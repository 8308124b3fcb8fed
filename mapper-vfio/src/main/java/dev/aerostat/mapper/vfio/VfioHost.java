package dev.aerostat.mapper.vfio;

import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.spi.HostTree;
import dev.aerostat.mapper.vfio.backend.HostFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the host exposes about VFIO in /sys and /dev. Only looks.
 *
 * @param tree where the host has its files
 */
record VfioHost(HostTree tree) implements HostFiles {
  static final VfioHost LOCAL = new VfioHost(HostTree.local());

  static final String CONTAINER = "/dev/vfio/vfio";
  static final String IOMMUFD = "/dev/iommu";

  private static final String DEVICE_FILES = "/dev/vfio/devices";
  private static final String GROUPS = "/sys/kernel/iommu_groups";
  private static final String DRIVERS = "/sys/bus/pci/drivers";
  private static final String DEVICES = "/sys/bus/pci/devices";

  /** The host's drivers that do no DMA of their own ({@code driver_managed_dma}, Linux 5.19). */
  private static final Set<String> HARMLESS = Set.of("pcieport", "pci-stub");

  /** How the class of a PCI bridge begins (PCI Code and ID Assignment Specification). */
  private static final String BRIDGE = "0x06";

  /** What the kernel calls a group without an IOMMU ({@code vfio_noiommu_group_alloc}). */
  private static final String NO_IOMMU = "vfio-noiommu";

  @Override
  public Path container() {
    return tree.file(CONTAINER);
  }

  @Override
  public Path iommufd() {
    return tree.file(IOMMUFD);
  }

  @Override
  public Path deviceFile(String address) {
    return findDeviceFile(address)
        .map(tree::file)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "device=%s: it has no file in /dev/vfio/devices, as this kernel is built without"
                            .formatted(address)
                        + " (CONFIG_VFIO_DEVICE_CDEV, Linux 6.6); use backend=type1"));
  }

  /** Returns the file of a device as iommufd needs it, whether it is there or not. */
  Optional<String> findDeviceFile(String address) {
    return fileOf(device(address));
  }

  private Optional<String> fileOf(String directory) {
    return tree.names(directory + "/vfio-dev").stream()
        .findFirst()
        .map(name -> DEVICE_FILES + "/" + name);
  }

  /** Returns which interface to use: iommufd where all of its files can be opened. */
  VfioBackend preferred(List<PciAddress> devices) {
    boolean iommufd =
        tree.usable(IOMMUFD)
            && devices.stream().map(PciAddress::text).allMatch(this::hasUsableFile);
    return iommufd ? VfioBackend.IOMMUFD : VfioBackend.TYPE1;
  }

  /** Returns whether this process may open a device as iommufd needs it. */
  boolean hasUsableFile(String address) {
    return findDeviceFile(address).filter(tree::usable).isPresent();
  }

  @Override
  public Path groupFile(int group) {
    return tree.file(groupFile(Integer.toString(group)));
  }

  static String groupFile(String group) {
    return "/dev/vfio/" + group;
  }

  /**
   * Returns what keeps VFIO from working at all, in the order in which a person would put it right.
   */
  Optional<String> missing() {
    if (groups().isEmpty()) {
      return Optional.of(
          "this host has no IOMMU groups: switch the IOMMU on in the firmware and on the kernel's"
              + " command line (intel_iommu=on, or amd_iommu=on)");
    }
    if (!loaded()) {
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

  /** The groups behind an IOMMU. */
  List<String> groups() {
    return tree.names(GROUPS).stream().filter(this::translates).toList();
  }

  boolean loaded() {
    return tree.exists(CONTAINER) || tree.exists(IOMMUFD);
  }

  /** The interfaces that this process may open, the better one first. */
  List<VfioBackend> backends() {
    var usable = new ArrayList<VfioBackend>();
    if (tree.usable(IOMMUFD) && tree.exists(DEVICE_FILES)) {
      usable.add(VfioBackend.IOMMUFD);
    }
    if (tree.usable(CONTAINER)) {
      usable.add(VfioBackend.TYPE1);
    }
    return usable;
  }

  List<String> boundDevices() {
    return tree.names(DRIVERS).stream()
        .filter(this::isVfio)
        .flatMap(driver -> tree.names(DRIVERS + "/" + driver).stream())
        .filter(name -> name.indexOf(':') > 0 && group(name).filter(this::translates).isPresent())
        .sorted()
        .toList();
  }

  boolean present(String address) {
    return tree.exists(device(address));
  }

  /** Returns the group of a device, be there an IOMMU or not. */
  Optional<String> group(String address) {
    return tree.target(device(address) + "/iommu_group");
  }

  boolean translates(String group) {
    return !tree.text(GROUPS + "/" + group + "/name").equals(Optional.of(NO_IOMMU));
  }

  /**
   * Returns whether a driver is vfio-pci or a variant of it for one kind of device, such as
   * mlx5_vfio_pci or xe-vfio-pci: by its name, or since its module uses that of vfio-pci's core.
   */
  boolean isVfio(String driver) {
    return driver.contains("vfio")
        || tree.target(DRIVERS + "/" + driver + "/module")
            .filter(module -> tree.exists("/sys/module/vfio_pci_core/holders/" + module))
            .isPresent();
  }

  @Override
  public int groupOf(String address) {
    if (!present(address)) {
      throw new IllegalArgumentException(
          "device=%s: there is no such PCI device (lspci -D lists them)".formatted(address));
    }
    String number =
        group(address)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "device=%s: it is behind no IOMMU; switch the IOMMU on (intel_iommu=on)"
                            .formatted(address)));
    if (!translates(number)) {
      throw new IllegalArgumentException(
          ("device=%s: its group %s (%s) has no IOMMU, so nothing would confine its DMA; switch the"
                  + " IOMMU on (intel_iommu=on) and vfio's enable_unsafe_noiommu_mode off")
              .formatted(address, number, NO_IOMMU));
    }
    Optional<String> driver = driver(address);
    if (driver.filter(this::isVfio).isEmpty()) {
      throw new IllegalArgumentException(
          "device=%s: its driver is %s, not vfio-pci; bind it: %s"
              .formatted(address, driver.orElse("none"), howToBind(address)));
    }
    return Integer.parseInt(number);
  }

  @Override
  public RefusalCause whyHeld(int group) {
    String number = Integer.toString(group);
    List<String> others =
        othersIn(number).stream().map(device -> withDriver(number, device)).toList();
    return others.isEmpty()
        ? new RefusalCause.GroupBusy(group, filesOf(number))
        : new RefusalCause.GroupNotViable(group, others);
  }

  /** The devices of a group that a driver of the host does DMA with. */
  List<String> othersIn(String group) {
    return devicesIn(group).stream()
        .filter(
            device ->
                driverOf(inGroup(group, device))
                    .filter(driver -> !isVfio(driver) && !HARMLESS.contains(driver))
                    .isPresent())
        .toList();
  }

  /** Returns a device as people read it, such as {@code 0000:00:05.0 (vfio-pci)}. */
  String withDriver(String group, String device) {
    return "%s (%s)".formatted(device, driverOf(inGroup(group, device)).orElse("no driver"));
  }

  /** Whoever holds a group has one of these files open. */
  private List<String> filesOf(String group) {
    Stream<String> files =
        devicesIn(group).stream()
            .flatMap(device -> fileOf(inGroup(group, device)).stream())
            .filter(tree::exists);
    return Stream.concat(Stream.of(groupFile(group)), files)
        .map(file -> tree.file(file).toString())
        .toList();
  }

  /** The names of a group's devices, which may be on another bus than PCI. */
  List<String> devicesIn(String group) {
    return tree.names(GROUPS + "/" + group + "/devices");
  }

  static String inGroup(String group, String device) {
    return GROUPS + "/" + group + "/devices/" + device;
  }

  Optional<String> driver(String address) {
    return driverOf(device(address));
  }

  private Optional<String> driverOf(String directory) {
    return tree.target(directory + "/driver");
  }

  /** The devices behind an IOMMU that are more than a bridge. */
  List<String> endpoints() {
    return tree.names(DEVICES).stream()
        .filter(device -> !tree.text(device(device) + "/class").orElse("").startsWith(BRIDGE))
        .filter(device -> group(device).filter(this::translates).isPresent())
        .toList();
  }

  /** Returns what the kernel keeps of a group's addresses for itself, a line each. */
  Stream<String> reservedRegions(String group) {
    return tree.text(GROUPS + "/" + group + "/reserved_regions").stream().flatMap(String::lines);
  }

  static String device(String address) {
    return DEVICES + "/" + address;
  }

  private static String howToBind(String address) {
    return "echo vfio-pci > %s/driver_override; echo %s > /sys/bus/pci/drivers_probe"
        .formatted(device(address), address);
  }
}
