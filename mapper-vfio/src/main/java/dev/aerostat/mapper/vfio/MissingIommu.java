package dev.aerostat.mapper.vfio;

import dev.aerostat.mapper.spi.HostFinding;
import dev.aerostat.mapper.spi.HostTree;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why a host has no IOMMU groups: its kernel was told not to use the IOMMU, or was not told to, or
 * the firmware shows it none. The firmware's tables are those of ACPI: DMAR is Intel's, IVRS AMD's.
 */
final class MissingIommu {
  private static final String TABLES = "/sys/firmware/acpi/tables";
  private static final Pattern SWITCHED_OFF =
      Pattern.compile("(?:^|\\s)((?:intel_iommu|amd_iommu|iommu)=off)(?:\\s|$)");

  private MissingIommu() {}

  static HostFinding of(HostTree host) {
    Optional<String> off = switchedOff(host);
    if (off.isPresent()) {
      return missing(
          "switched off on the kernel's command line (%s)".formatted(off.get()),
          withoutArgument(host, off.get()));
    }
    if (host.exists(TABLES + "/DMAR")) {
      return missing(
          "the firmware has one (DMAR), but the kernel does not use it",
          withArgument(host, "intel_iommu=on"));
    }
    if (host.exists(TABLES + "/IVRS")) {
      return missing(
          "the firmware has one (IVRS), but the kernel does not use it",
          List.of("sudo dmesg | grep AMD-Vi"));
    }
    return missing(
        "there are no IOMMU groups, and the firmware shows no IOMMU: switch on VT-d or AMD-Vi in"
            + " its setup; a virtual machine needs one from its VMM",
        List.of("sudo systemctl reboot --firmware-setup"));
  }

  private static HostFinding missing(String fact, List<String> commands) {
    return HostFinding.missing("IOMMU", fact, "no guest can have a device", commands);
  }

  private static Optional<String> switchedOff(HostTree host) {
    Matcher argument = SWITCHED_OFF.matcher(host.text("/proc/cmdline").orElse(""));
    return argument.find() ? Optional.of(argument.group(1)) : Optional.empty();
  }

  private static List<String> withArgument(HostTree host, String argument) {
    return hasGrubby(host)
        ? List.of("sudo grubby --update-kernel=ALL --args=" + argument, "sudo reboot")
        : List.of(
            "sudo sed -i 's/LINUX=\"/&%s /' /etc/default/grub".formatted(argument),
            "sudo update-grub",
            "sudo reboot");
  }

  private static List<String> withoutArgument(HostTree host, String argument) {
    return hasGrubby(host)
        ? List.of("sudo grubby --update-kernel=ALL --remove-args=" + argument, "sudo reboot")
        : List.of(
            "sudo sed -i 's/%s//' /etc/default/grub".formatted(argument),
            "sudo update-grub",
            "sudo reboot");
  }

  /** Fedora's and its kin's way to change the command line; Debian's and its kin's is the other. */
  private static boolean hasGrubby(HostTree host) {
    return host.exists("/usr/sbin/grubby") || host.exists("/usr/bin/grubby");
  }
}
