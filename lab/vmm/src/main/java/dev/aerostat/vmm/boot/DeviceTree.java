package dev.aerostat.vmm.boot;

import static dev.aerostat.vmm.boot.Aml.device;
import static dev.aerostat.vmm.boot.Aml.eisaId;
import static dev.aerostat.vmm.boot.Aml.integer;
import static dev.aerostat.vmm.boot.Aml.list;
import static dev.aerostat.vmm.boot.Aml.name;
import static dev.aerostat.vmm.boot.Aml.scope;
import static dev.aerostat.vmm.boot.Aml.string;

import dev.aerostat.vmm.bus.HotPlugPort;
import dev.aerostat.vmm.bus.PciBus;
import dev.aerostat.vmm.bus.PowerPorts;
import java.util.ArrayList;
import java.util.List;

/**
 * The devices that a guest does not find by itself, for ACPI's DSDT: a serial port, the root of the
 * PCI bus, a device on virtio-mmio, where it hears of devices that are plugged while it runs; and
 * how it switches itself off.
 */
final class DeviceTree {
  private static final int SERIAL_PORTS = 8;
  private static final int PCI_CONFIG_PORTS = 8;
  private static final long MMIO_DEVICE_BYTES = 0x1000;
  private static final int LOOK_AT_BUS = 0;
  private static final int ANY_FUNCTION = 0xffff;

  private DeviceTree() {}

  /**
   * Returns the tree as ACPI Machine Language.
   *
   * @param layout where things are
   * @param mmioDevice whether there is a device on virtio-mmio
   * @param lateDevices PCI devices that may be plugged while the guest runs, by number
   */
  static byte[] of(AddressMap layout, boolean mmioDevice, List<Integer> lateDevices) {
    List<byte[]> devices = new ArrayList<>(List.of(serial(), pci(layout, lateDevices)));
    if (!lateDevices.isEmpty()) {
      devices.add(events());
    }
    if (mmioDevice) {
      devices.add(mmio());
    }
    return new Bytes().all(scope("\\_SB_", devices.toArray(byte[][]::new)), softOff()).toArray();
  }

  private static byte[] serial() {
    return device(
        "COM1",
        name("_HID", eisaId("PNP0501")),
        name("_UID", integer(1)),
        name(
            "_CRS",
            Resources.list(
                Resources.ports(AddressMap.SERIAL_PORT, SERIAL_PORTS),
                Resources.interrupt(AddressMap.SERIAL_GSI, true))));
  }

  private static byte[] pci(AddressMap layout, List<Integer> lateDevices) {
    return device(
        "PCI0",
        name("_HID", eisaId("PNP0A03")),
        name("_UID", integer(0)),
        name(
            "_CRS",
            Resources.list(
                Resources.firstBus(),
                Resources.ports(PciBus.ADDRESS_PORT, PCI_CONFIG_PORTS),
                Resources.passedOn(AddressMap.PCI_WINDOW),
                Resources.passedOn(layout.largePciWindow()))),
        name("_PRT", list(pins())),
        new Bytes().all(places(lateDevices)).toArray());
  }

  /**
   * Linux looks for new devices only where ACPI has a place for one: by its number and function.
   */
  private static byte[][] places(List<Integer> devices) {
    return devices.stream()
        .map(number -> device("S%02X_".formatted(number), name("_ADR", integer(number << 16))))
        .toArray(byte[][]::new);
  }

  /** The generic event device: at its interrupt the guest acknowledges and looks at the bus. */
  private static byte[] events() {
    return device(
        "GED0",
        name("_HID", string("ACPI0013")),
        name("_UID", integer(0)),
        name("_CRS", Resources.list(Resources.interrupt(AddressMap.HOT_PLUG_GSI, false))),
        Aml.portField("PLUG", "PLGA", HotPlugPort.PORT),
        Aml.method(
            "_EVT", Aml.store(integer(1), "PLGA"), Aml.notify("PCI0", integer(LOOK_AT_BUS))));
  }

  /** For pin INTA of each device its interrupt. */
  private static byte[][] pins() {
    var pins = new byte[PciBus.DEVICES - 1][];
    for (int device = 1; device < PciBus.DEVICES; device++) {
      pins[device - 1] =
          list(
              integer((long) device << 16 | ANY_FUNCTION),
              integer(0),
              integer(0),
              integer(AddressMap.pciGsi(device)));
    }
    return pins;
  }

  /** LNRO0005 is what Linux's driver of virtio-mmio goes by. */
  private static byte[] mmio() {
    return device(
        "VR00",
        name("_HID", string("LNRO0005")),
        name("_UID", integer(0)),
        name(
            "_CRS",
            Resources.list(
                Resources.memory(AddressMap.MMIO_DEVICE, MMIO_DEVICE_BYTES),
                Resources.interrupt(AddressMap.MMIO_DEVICE_GSI, false))));
  }

  /** What is written to the sleep control register for S5. */
  private static byte[] softOff() {
    byte[] type = integer(PowerPorts.SLEEP_TYPE_OFF);
    return name("_S5_", list(type, integer(0), integer(0), integer(0)));
  }
}
