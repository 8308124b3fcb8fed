package dev.aerostat.mapper.vfio;

import dev.aerostat.mapper.vfio.backend.Uapi;

/** Request numbers and flags of a VFIO device (linux/vfio.h). */
final class VfioConstants {
  static final long DEVICE_GET_INFO = Uapi.vfioRequest(7);
  static final long DEVICE_GET_REGION_INFO = Uapi.vfioRequest(8);
  static final long DEVICE_GET_IRQ_INFO = Uapi.vfioRequest(9);
  static final long DEVICE_SET_IRQS = Uapi.vfioRequest(10);
  static final long DEVICE_RESET = Uapi.vfioRequest(11);

  static final int DEVICE_FLAGS_RESET = 1;

  static final int REGION_FLAG_READ = 1;
  static final int REGION_FLAG_WRITE = 2;
  static final int REGION_FLAG_MMAP = 4;

  /** VFIO_PCI_CONFIG_REGION_INDEX. */
  static final int PCI_CONFIG_REGION = 7;

  /** VFIO_PCI_REQ_IRQ_INDEX. */
  static final int PCI_REQ_IRQ = 4;

  static final int IRQ_SET_DATA_NONE = 1;
  static final int IRQ_SET_DATA_BOOL = 1 << 1;
  static final int IRQ_SET_DATA_EVENTFD = 1 << 2;

  /** VFIO_IRQ_SET_ACTION_MASK and so on. */
  static final int IRQ_SET_MASK = 1 << 3;

  static final int IRQ_SET_UNMASK = 1 << 4;
  static final int IRQ_SET_TRIGGER = 1 << 5;

  private VfioConstants() {}
}
