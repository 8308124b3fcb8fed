package dev.aerostat.mapper.vfio.type1;

import dev.aerostat.mapper.vfio.backend.Uapi;

/** Request numbers and flags of a container and its groups (linux/vfio.h). */
final class Type1Constants {
  static final long GET_API_VERSION = Uapi.vfioRequest(0);
  static final long CHECK_EXTENSION = Uapi.vfioRequest(1);
  static final long SET_IOMMU = Uapi.vfioRequest(2);
  static final long GROUP_GET_STATUS = Uapi.vfioRequest(3);
  static final long GROUP_SET_CONTAINER = Uapi.vfioRequest(4);
  static final long GROUP_GET_DEVICE_FD = Uapi.vfioRequest(6);
  static final long IOMMU_GET_INFO = Uapi.vfioRequest(12);
  static final long IOMMU_MAP_DMA = Uapi.vfioRequest(13);
  static final long IOMMU_UNMAP_DMA = Uapi.vfioRequest(14);

  static final int API_VERSION = 0;
  static final int TYPE1V2_IOMMU = 3;
  static final int UNMAP_ALL = 9;
  static final int GROUP_FLAGS_VIABLE = 1;
  static final int DMA_MAP_FLAG_READ = 1;
  static final int DMA_MAP_FLAG_WRITE = 2;
  static final int DMA_UNMAP_FLAG_ALL = 2;
  static final int INFO_PGSIZES = 1;
  static final int INFO_CAPS = 2;
  static final int CAP_IOVA_RANGE = 1;
  static final int CAP_DMA_AVAIL = 3;

  private Type1Constants() {}
}
