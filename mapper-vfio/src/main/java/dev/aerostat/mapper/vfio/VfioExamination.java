package dev.aerostat.mapper.vfio;

import static java.util.stream.Collectors.joining;

import dev.aerostat.mapper.spi.HostExamination;
import dev.aerostat.mapper.spi.HostFinding;
import dev.aerostat.mapper.spi.HostFinding.Verdict;
import dev.aerostat.memory.linux.syscall.NativeAccess;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What of VFIO's needs a host has, in the order in which a person would put it right. */
final class VfioExamination {
  /** A host may have thousands of groups and devices; so many are told of. */
  private static final int MOST_NAMED = 12;

  private final HostExamination asked;
  private final VfioHost host;

  private VfioExamination(HostExamination asked) {
    this.asked = asked;
    this.host = new VfioHost(asked.host());
  }

  /**
   * Examines a host.
   *
   * @throws IllegalArgumentException if a device's name is no PCI address
   */
  static List<HostFinding> of(HostExamination asked) {
    return new VfioExamination(asked).findings();
  }

  private List<HostFinding> findings() {
    List<String> devices =
        asked.devices().stream().map(name -> new PciAddress(name).text()).toList();
    List<String> groups = host.groups();
    var findings = new ArrayList<HostFinding>();
    findings.add(nativeAccess());
    findings.add(
        groups.isEmpty()
            ? MissingIommu.of(asked.host())
            : HostFinding.ok(
                "IOMMU",
                groups.size() == 1 ? "on, 1 group" : "on, %d groups".formatted(groups.size())));
    findings.add(driver());
    if (!devices.isEmpty()) {
      devices.forEach(device -> findings.add(DeviceExamination.of(host, asked.ram(), device)));
    } else if (!groups.isEmpty()) {
      findings.addAll(boundDevices());
      findings.add(HostFinding.ok("groups", named(groups)));
    }
    findings.add(mappings(devices.isEmpty() ? host.boundDevices() : devices));
    return findings;
  }

  private static HostFinding nativeAccess() {
    return NativeAccess.missing().isEmpty()
        ? HostFinding.ok("native access", "enabled")
        : HostFinding.missing(
            "native access",
            "not enabled",
            "Java may not call the kernel",
            List.of("export JDK_JAVA_OPTIONS=" + NativeAccess.flag()));
  }

  private HostFinding driver() {
    if (!host.loaded()) {
      return HostFinding.missing(
          "VFIO",
          "there is neither /dev/vfio/vfio nor /dev/iommu: its driver is not loaded",
          "no process can map memory for a device",
          List.of("sudo modprobe vfio-pci"));
    }
    List<VfioBackend> backends = host.backends();
    if (backends.isEmpty()) {
      return HostFinding.missing(
          "VFIO",
          "this user may not read and write " + VfioHost.CONTAINER,
          "this user cannot map memory for a device",
          List.of("sudo chmod 666 " + VfioHost.CONTAINER));
    }
    if (backends.contains(VfioBackend.IOMMUFD)) {
      return HostFinding.ok("VFIO", "by iommufd, several maps at a time");
    }
    return asked.host().exists(VfioHost.IOMMUFD) && !asked.host().usable(VfioHost.IOMMUFD)
        ? HostFinding.warning(
            "VFIO",
            "by type1: this user may not read and write " + VfioHost.IOMMUFD,
            "one map at a time, and a limit of mappings",
            List.of("sudo chown \"$USER\" " + VfioHost.IOMMUFD))
        : HostFinding.ok("VFIO", "by type1, one map at a time; iommufd (Linux 6.6) is not there");
  }

  /** Any device will do: one that is not ready is no obstacle while another is. */
  private List<HostFinding> boundDevices() {
    List<String> bound = host.boundDevices();
    if (bound.isEmpty()) {
      return List.of(noneBound());
    }
    List<HostFinding> all =
        bound.stream().map(device -> DeviceExamination.of(host, asked.ram(), device)).toList();
    boolean oneIsReady = all.stream().anyMatch(device -> device.verdict() == Verdict.OK);
    var told =
        new ArrayList<HostFinding>(
            all.stream()
                .sorted(Comparator.comparing(HostFinding::verdict).reversed())
                .limit(MOST_NAMED)
                .map(device -> oneIsReady ? lessened(device) : device)
                .toList());
    if (all.size() > MOST_NAMED) {
      told.add(
          HostFinding.ok(
              "devices", "%d more are bound to a VFIO driver".formatted(all.size() - MOST_NAMED)));
    }
    return List.copyOf(told);
  }

  private static HostFinding lessened(HostFinding device) {
    return device.verdict() == Verdict.MISSING
        ? HostFinding.warning(device.subject(), device.fact(), device.cost(), device.commands())
        : device;
  }

  private HostFinding noneBound() {
    List<String> candidates = host.endpoints();
    return HostFinding.missing(
        "devices",
        candidates.isEmpty()
            ? "none is bound to vfio-pci, and no group has one to give away"
            : "none is bound to vfio-pci; to choose from: "
                + candidates.stream().limit(MOST_NAMED).collect(joining(", "))
                + more(candidates),
        "no guest gets a device",
        candidates.isEmpty()
            ? List.of("lspci -D")
            : List.of("aerostat doctor --device " + candidates.getFirst()));
  }

  private String named(List<String> groups) {
    return groups.stream()
            .sorted(
                Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()))
            .limit(MOST_NAMED)
            .map(group -> "%s: %s".formatted(group, withDrivers(group)))
            .collect(joining("; "))
        + more(groups);
  }

  private String withDrivers(String group) {
    List<String> devices = host.devicesIn(group);
    return devices.stream()
            .limit(MOST_NAMED)
            .map(device -> host.withDriver(group, device))
            .collect(joining(", "))
        + more(devices);
  }

  private static String more(List<String> all) {
    return all.size() > MOST_NAMED ? "; and %d more".formatted(all.size() - MOST_NAMED) : "";
  }

  private HostFinding mappings(List<String> devices) {
    boolean byIommufd =
        host.backends().contains(VfioBackend.IOMMUFD)
            && devices.stream().allMatch(host::hasUsableFile);
    return byIommufd
        ? HostFinding.ok("mappings", "as many as there is memory for (iommufd)")
        : EntryLimit.examine(asked);
  }
}
