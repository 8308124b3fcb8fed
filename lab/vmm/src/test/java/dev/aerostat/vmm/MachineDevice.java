package dev.aerostat.vmm;

import dev.aerostat.mapper.vfio.PciAddress;
import java.util.regex.Pattern;

/** The first device of the emulated machine that a guest may have. */
final class MachineDevice {
  private static final Pattern COMMA = Pattern.compile(",");

  private MachineDevice() {}

  static PciAddress address() {
    return COMMA
        .splitAsStream(System.getProperty("aerostat.devices", ""))
        .map(PciAddress::new)
        .findFirst()
        .orElseThrow();
  }
}
