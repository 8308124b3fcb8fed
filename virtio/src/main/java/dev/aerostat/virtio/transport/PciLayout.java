package dev.aerostat.virtio.transport;

import dev.aerostat.virtio.VirtioDevice;

/** Where the registers of {@link VirtioPci} lie: in its configuration space and in its BAR 0. */
final class PciLayout {
  // BAR 0: a page for each structure, so that a VMM can trap or share them apart.
  static final int PART_BYTES = 0x1000;
  static final int COMMON = 0x0000;
  static final int ISR = 0x1000;
  static final int DEVICE = 0x2000;
  static final int NOTIFY = 0x3000;
  static final int TABLE = 0x4000;
  static final int PENDING = 0x5000;
  static final int NOTIFY_MULTIPLIER = 4;

  // Type 0 header (PCI Local Bus 3.0, section 6.1).
  static final int COMMAND = 0x04;
  static final int STATUS = 0x06;
  static final int BAR = 0x10;
  static final int COMMAND_MEMORY = 0x0002;
  static final int COMMAND_NO_INTX = 0x0400;
  static final int STATUS_INTERRUPT = 0x0008;
  private static final int STATUS_CAPABILITIES = 0x0010;

  /** Memory decoding, bus mastering, parity and system error reports, the pin's disable. */
  private static final int COMMAND_BITS = 0x0546;

  private static final int VENDOR = 0x1af4;
  private static final int FIRST_DEVICE = 0x1040;
  private static final int SUBSYSTEM = 0x40;

  // Capabilities, in the order of their list.
  private static final int CAP_COMMON = 0x40;
  private static final int CAP_ISR = 0x50;
  private static final int CAP_NOTIFY = 0x60;
  private static final int CAP_WINDOW = 0x74;
  static final int MSIX = 0x88;
  private static final int CAP_DEVICE = 0x94;

  /** Of VIRTIO_PCI_CAP_PCI_CFG: which bytes of the BAR its data stands for. */
  static final int WINDOW_BAR = CAP_WINDOW + 4;

  static final int WINDOW_OFFSET = CAP_WINDOW + 8;
  static final int WINDOW_LENGTH = CAP_WINDOW + 12;
  static final int WINDOW_DATA = CAP_WINDOW + 16;

  static final int MSIX_ENABLE = 0x8000;
  static final int MSIX_MASK_ALL = 0x4000;

  private static final int ID_VENDOR = 0x09;
  private static final int ID_MSIX = 0x11;

  private PciLayout() {}

  static PciConfigSpace configSpace(VirtioDevice device, int classCode, int vectors) {
    var space = new PciConfigSpace();
    space.put(0x00, 2, VENDOR).put(0x02, 2, FIRST_DEVICE + device.deviceId());
    space.allow(COMMAND, 2, COMMAND_BITS).put(STATUS, 2, STATUS_CAPABILITIES);
    space.put(0x08, 1, 1).put(0x09, 3, classCode);
    space.allow(0x0c, 1, 0xff); // Cache line size.
    space.allow(BAR, 4, -VirtioPci.BAR_BYTES);
    space.put(0x2c, 2, VENDOR).put(0x2e, 2, SUBSYSTEM);
    space.put(0x34, 1, CAP_COMMON);
    space.allow(0x3c, 1, 0xff).put(0x3d, 1, 1); // Interrupt line; pin INTA.
    boolean hasConfig = device.configSize() > 0;
    capability(space, CAP_COMMON, CAP_ISR, 16, 1, COMMON, PciCommonConfig.BYTES);
    capability(space, CAP_ISR, CAP_NOTIFY, 16, 3, ISR, 1);
    int notifyBytes = device.queueCount() * NOTIFY_MULTIPLIER;
    capability(space, CAP_NOTIFY, CAP_WINDOW, 20, 2, NOTIFY, notifyBytes);
    space.put(CAP_NOTIFY + 16, 4, NOTIFY_MULTIPLIER);
    capability(space, CAP_WINDOW, MSIX, 20, 5, 0, 0);
    space.allow(WINDOW_BAR, 1, 0xff).allow(WINDOW_OFFSET, 4, -1);
    space.allow(WINDOW_LENGTH, 4, -1).allow(WINDOW_DATA, 4, -1);
    space.put(MSIX, 1, ID_MSIX).put(MSIX + 1, 1, hasConfig ? CAP_DEVICE : 0);
    space.put(MSIX + 2, 2, vectors - 1).allow(MSIX + 2, 2, MSIX_ENABLE | MSIX_MASK_ALL);
    space.put(MSIX + 4, 4, TABLE).put(MSIX + 8, 4, PENDING);
    if (hasConfig) {
      capability(space, CAP_DEVICE, 0, 16, 4, DEVICE, device.configSize());
    }
    return space;
  }

  /** A struct virtio_pci_cap (section 4.1.4). */
  private static void capability(
      PciConfigSpace space, int at, int next, int length, int type, int offset, int bytes) {
    space.put(at, 1, ID_VENDOR).put(at + 1, 1, next).put(at + 2, 1, length);
    space.put(at + 3, 1, type).put(at + 8, 4, offset).put(at + 12, 4, bytes);
  }
}
