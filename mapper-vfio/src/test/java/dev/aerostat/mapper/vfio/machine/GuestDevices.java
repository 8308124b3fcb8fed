package dev.aerostat.mapper.vfio.machine;

import dev.aerostat.mapper.sim.KernelRules;
import dev.aerostat.mapper.vfio.PciAddress;
import dev.aerostat.mapper.vfio.VfioBackend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The devices that the emulated machine reports. */
final class GuestDevices {
  private static final Pattern COMMA = Pattern.compile(",");

  private GuestDevices() {}

  /** One device, for those who need no more to have an IOMMU. */
  static List<PciAddress> one() {
    return all().subList(0, 1);
  }

  /** One with several vectors of MSI, and of MSI-X. */
  static PciAddress withMessages() {
    return new PciAddress(System.getProperty("aerostat.messages", ""));
  }

  /** The interface of the kernel that the machine was booted for. */
  static VfioBackend backend() {
    return Files.exists(Path.of("/dev/iommu")) ? VfioBackend.IOMMUFD : VfioBackend.TYPE1;
  }

  static KernelRules rules() {
    return switch (backend()) {
      case TYPE1 -> KernelRules.TYPE1V2;
      case IOMMUFD -> KernelRules.IOMMUFD;
    };
  }

  static List<PciAddress> all() {
    return COMMA
        .splitAsStream(System.getProperty("aerostat.devices", ""))
        .map(PciAddress::new)
        .toList();
  }
}
