package dev.aerostat.mapper.vfio.machine;

import dev.aerostat.mapper.vfio.PciAddress;
import java.util.List;
import java.util.regex.Pattern;

/** The devices that the emulated machine says it has. */
final class GuestDevices {
  private static final Pattern COMMA = Pattern.compile(",");

  private GuestDevices() {}

  /** One device, for those who need no more to have an IOMMU. */
  static List<PciAddress> one() {
    return all().subList(0, 1);
  }

  static List<PciAddress> all() {
    return COMMA
        .splitAsStream(System.getProperty("aerostat.devices", ""))
        .map(PciAddress::new)
        .toList();
  }
}
