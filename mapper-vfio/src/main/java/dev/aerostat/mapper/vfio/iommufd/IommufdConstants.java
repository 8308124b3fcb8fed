package dev.aerostat.mapper.vfio.iommufd;

import dev.aerostat.mapper.vfio.backend.Uapi;

/**
 * Request numbers and flags of iommufd (linux/iommufd.h), and of a VFIO device that is to use it
 * (linux/vfio.h).
 */
final class IommufdConstants {
  static final long IOAS_ALLOC = Uapi.iommufdRequest(1);
  static final long IOAS_IOVA_RANGES = Uapi.iommufdRequest(4);
  static final long IOAS_MAP = Uapi.iommufdRequest(5);
  static final long IOAS_UNMAP = Uapi.iommufdRequest(6);

  /** Since Linux 6.13; ENOTTY before. */
  static final long IOAS_MAP_FILE = Uapi.iommufdRequest(15);

  static final long DEVICE_BIND_IOMMUFD = Uapi.vfioRequest(18);
  static final long DEVICE_ATTACH_IOMMUFD_PT = Uapi.vfioRequest(19);
  static final long DEVICE_DETACH_IOMMUFD_PT = Uapi.vfioRequest(20);

  static final int MAP_FIXED_IOVA = 1;
  static final int MAP_WRITEABLE = 2;
  static final int MAP_READABLE = 4;

  /** The length that, from address 0 on, stands for everything: U64_MAX. */
  static final long UNMAP_ALL_BYTES = -1;

  private IommufdConstants() {}
}
