package dev.aerostat.mapper.vfio;

import static java.util.stream.Collectors.joining;

import dev.aerostat.api.GuestRange;
import dev.aerostat.mapper.spi.HostFinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Whether one device can be given to a guest, and what keeps it from that. */
final class DeviceExamination {
  private static final int MOST_NAMED = 4;

  /** A line of {@code reserved_regions}: first and last address, and of what kind. */
  private static final Pattern RESERVED =
      Pattern.compile("0x([0-9a-f]{1,16}) 0x([0-9a-f]{1,16}) (\\S+)");

  /** What VFIO does not keep from a guest after all ({@code vfio_iommu_resv_exclude}). */
  private static final String RELAXABLE = "direct-relaxable";

  private final VfioHost host;
  private final String address;

  private DeviceExamination(VfioHost host, String address) {
    this.host = host;
    this.address = address;
  }

  /**
   * Examines a device.
   *
   * @param ram where the guest has its RAM
   * @param address the device's
   * @return that it is as it should be, or what is missing first
   */
  static HostFinding of(VfioHost host, List<GuestRange> ram, String address) {
    return new DeviceExamination(host, address).finding(ram);
  }

  private HostFinding finding(List<GuestRange> ram) {
    if (!host.present(address)) {
      return missing("there is no such PCI device", List.of("lspci -D"));
    }
    Optional<String> group = host.group(address).filter(host::translates);
    return group
        .map(number -> finding(ram, number))
        .orElseGet(
            () ->
                missing(
                    "it is in no group with an IOMMU: nothing would confine its DMA",
                    List.of("ls -l %s/iommu_group".formatted(VfioHost.device(address)))));
  }

  private HostFinding finding(List<GuestRange> ram, String group) {
    return unbound(group)
        .or(() -> reserved(ram, group))
        .or(() -> unusable(group))
        .orElseGet(
            () ->
                HostFinding.ok(
                    subject(), "%s, group %s%s".formatted(driver(), group, company(group))));
  }

  /** All devices of a group go to VFIO, or none. */
  private Optional<HostFinding> unbound(String group) {
    boolean bound = host.driver(address).filter(host::isVfio).isPresent();
    List<String> others =
        host.othersIn(group).stream().filter(other -> !other.equals(address)).toList();
    if (bound && others.isEmpty()) {
      return Optional.empty();
    }
    Stream<String> toBind =
        Stream.concat(bound ? Stream.of() : Stream.of(address), others.stream());
    String held =
        others.isEmpty()
            ? ""
            : "its group %s also holds %s, which the host uses"
                .formatted(group, named(group, others));
    return Optional.of(
        missing(
            bound
                ? held
                : "its driver is %s, not vfio-pci%s"
                    .formatted(driver(), held.isEmpty() ? "" : "; " + held),
            Stream.concat(
                    Stream.of("sudo modprobe vfio-pci").filter(_ -> !bound),
                    toBind.limit(MOST_NAMED).flatMap(device -> howToBind(group, device)))
                .toList()));
  }

  /** A driver that holds a device must let go of it first: a probe leaves a bound one alone. */
  private Stream<String> howToBind(String group, String device) {
    String unbind = "echo %s | sudo tee %s/driver/unbind";
    if (!host.present(device)) { // On another bus: without a driver it is no obstacle.
      return Stream.of(unbind.formatted(device, VfioHost.inGroup(group, device)));
    }
    String directory = VfioHost.device(device);
    return Stream.of(
            "echo vfio-pci | sudo tee %s/driver_override".formatted(directory),
            host.driver(device).isPresent() ? unbind.formatted(device, directory) : "",
            "echo %s | sudo tee /sys/bus/pci/drivers_probe".formatted(device))
        .filter(command -> !command.isEmpty());
  }

  private Optional<HostFinding> reserved(List<GuestRange> ram, String group) {
    return host.reservedRegions(group)
        .map(RESERVED::matcher)
        .filter(Matcher::matches)
        .filter(region -> !region.group(3).equals(RELAXABLE))
        .filter(region -> ram.stream().anyMatch(range -> overlap(range, region)))
        .findFirst()
        .map(
            region ->
                HostFinding.missing(
                    subject(),
                    "group %s keeps 0x%s to 0x%s for itself (%s), where this guest has RAM"
                        .formatted(group, region.group(1), region.group(2), region.group(3)),
                    "the guest is refused: place its RAM elsewhere, or take a smaller guest",
                    List.of()));
  }

  private static boolean overlap(GuestRange range, Matcher region) {
    long first = Long.parseUnsignedLong(region.group(1), 16);
    long last = Long.parseUnsignedLong(region.group(2), 16);
    return Long.compareUnsigned(first, range.end()) < 0
        && Long.compareUnsigned(last, range.start()) >= 0;
  }

  /** Where no interface can be opened at all, that is a finding of its own. */
  private Optional<HostFinding> unusable(String group) {
    List<VfioBackend> backends = host.backends();
    Optional<String> deviceFile =
        host.findDeviceFile(address).filter(_ -> backends.contains(VfioBackend.IOMMUFD));
    String groupFile = VfioHost.groupFile(group);
    var files = new ArrayList<String>();
    deviceFile.ifPresent(files::add);
    if (backends.contains(VfioBackend.TYPE1)) {
      files.add(groupFile);
    }
    if (files.isEmpty() || files.stream().anyMatch(host.tree()::usable)) {
      return Optional.empty();
    }
    String file = files.getFirst();
    return Optional.of(
        host.tree().exists(file)
            ? missing(
                "this user may not read and write " + file, List.of("sudo chown \"$USER\" " + file))
            : missing("there is no " + file, List.of("ls -l /dev/vfio /dev/vfio/devices")));
  }

  private HostFinding missing(String fact, List<String> commands) {
    return HostFinding.missing(subject(), fact, "no guest can have it", commands);
  }

  private String subject() {
    return "device " + address;
  }

  private String driver() {
    return host.driver(address).orElse("none");
  }

  private String company(String group) {
    List<String> others =
        host.devicesIn(group).stream().filter(other -> !other.equals(address)).toList();
    return others.isEmpty() ? ", alone in it" : " with " + named(group, others);
  }

  private String named(String group, List<String> devices) {
    String names =
        devices.stream()
            .limit(MOST_NAMED)
            .map(device -> host.withDriver(group, device))
            .collect(joining(", "));
    return devices.size() > MOST_NAMED
        ? "%s and %d more".formatted(names, devices.size() - MOST_NAMED)
        : names;
  }
}
