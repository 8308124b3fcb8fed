package dev.aerostat.cli.doctor;

import dev.aerostat.mapper.spi.HostFinding;
import dev.aerostat.mapper.spi.HostTree;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What runs here: Java, the kernel, and what runs guests. */
final class ProgramFindings {
  private static final String KVM = "/dev/kvm";
  private static final Pattern RELEASE = Pattern.compile("([0-9]{1,4})\\.([0-9]{1,4}).*");

  /** The first with all of VFIO that the mapper uses. */
  private static final Release OLDEST = new Release(5, 10);

  /** The first with {@code MADV_POPULATE_WRITE}. */
  private static final Release POPULATES = new Release(5, 14);

  /** The first with {@code IOMMU_IOAS_MAP_FILE}. */
  private static final Release MAPS_FILES = new Release(6, 13);

  /** A version of Linux. */
  private record Release(int major, int minor) {
    boolean isBefore(Release other) {
      return major < other.major || (major == other.major && minor < other.minor);
    }
  }

  private ProgramFindings() {}

  static Stream<HostFinding> of(HostTree host) {
    return Stream.of(java(), kernel(host), kvm(host));
  }

  /** This Java runs, so it is new enough. */
  private static HostFinding java() {
    return HostFinding.ok("Java", Runtime.version().toString());
  }

  private static HostFinding kernel(HostTree host) {
    String name = host.text("/proc/sys/kernel/osrelease").orElse("");
    return release(name)
        .map(release -> kernel("Linux " + name, release))
        .orElseGet(
            () ->
                HostFinding.unknown(
                    "kernel",
                    "/proc/sys/kernel/osrelease does not tell its version",
                    "it takes Linux 5.10 or later",
                    List.of("uname -r")));
  }

  private static Optional<Release> release(String name) {
    Matcher parts = RELEASE.matcher(name);
    return parts.matches()
        ? Optional.of(
            new Release(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2))))
        : Optional.empty();
  }

  private static HostFinding kernel(String name, Release release) {
    if (release.isBefore(OLDEST)) {
      return HostFinding.missing(
          "kernel", name, "VFIO lacks what is needed before Linux 5.10", List.of("uname -r"));
    }
    if (release.isBefore(POPULATES)) {
      return HostFinding.warning(
          "kernel",
          name,
          "memory is populated page by page: MADV_POPULATE_WRITE came with Linux 5.14",
          List.of("uname -r"));
    }
    return HostFinding.ok(
        "kernel",
        release.isBefore(MAPS_FILES)
            ? name + "; iommufd maps shared memory by address, by file from Linux 6.13 on"
            : name);
  }

  private static HostFinding kvm(HostTree host) {
    if (host.usable(KVM)) {
      return HostFinding.ok("KVM", "/dev/kvm can be opened");
    }
    String cost = "guests are emulated, many times slower; Aerostat itself does not need it";
    return host.exists(KVM)
        ? HostFinding.warning(
            "KVM",
            "this user may not read and write /dev/kvm",
            cost,
            List.of("sudo usermod -aG kvm \"$USER\"", "newgrp kvm"))
        : HostFinding.warning("KVM", "there is no /dev/kvm", cost, List.of(module(host)));
  }

  private static String module(HostTree host) {
    boolean amd = host.text("/proc/cpuinfo").orElse("").contains("AuthenticAMD");
    return "sudo modprobe " + (amd ? "kvm_amd" : "kvm_intel");
  }
}
