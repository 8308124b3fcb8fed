package dev.aerostat.mapper.vfio;

/**
 * Request numbers and flags of VFIO (linux/vfio.h). A request carries neither size nor direction:
 * {@code _IO(';', 100 + n)}.
 */
final class VfioConstants {
  static final long GET_API_VERSION = request(0);
  static final long CHECK_EXTENSION = request(1);
  static final long SET_IOMMU = request(2);
  static final long GROUP_GET_STATUS = request(3);
  static final long GROUP_SET_CONTAINER = request(4);
  static final long GROUP_GET_DEVICE_FD = request(6);
  static final long DEVICE_GET_INFO = request(7);
  static final long DEVICE_GET_REGION_INFO = request(8);
  static final long DEVICE_SET_IRQS = request(10);
  static final long DEVICE_RESET = request(11);
  static final long IOMMU_GET_INFO = request(12);
  static final long IOMMU_MAP_DMA = request(13);
  static final long IOMMU_UNMAP_DMA = request(14);

  static final long DEVICE_BIND_IOMMUFD = request(18);
  static final long DEVICE_ATTACH_IOMMUFD_PT = request(19);
  static final long DEVICE_DETACH_IOMMUFD_PT = request(20);

  static final int API_VERSION = 0;
  static final int TYPE1V2_IOMMU = 3;
  static final int UNMAP_ALL = 9;

  static final int GROUP_FLAGS_VIABLE = 1;
  static final int DEVICE_FLAGS_RESET = 1;

  static final int REGION_FLAG_READ = 1;
  static final int REGION_FLAG_WRITE = 2;
  static final int REGION_FLAG_MMAP = 4;

  static final int DMA_MAP_FLAG_READ = 1;
  static final int DMA_MAP_FLAG_WRITE = 2;
  static final int DMA_UNMAP_FLAG_ALL = 2;

  static final int INFO_PGSIZES = 1;
  static final int INFO_CAPS = 2;
  static final int CAP_IOVA_RANGE = 1;
  static final int CAP_DMA_AVAIL = 3;

  /** VFIO_PCI_CONFIG_REGION_INDEX. */
  static final int PCI_CONFIG_REGION = 7;

  /** VFIO_PCI_REQ_IRQ_INDEX. */
  static final int PCI_REQ_IRQ = 4;

  /** VFIO_IRQ_SET_DATA_EVENTFD and VFIO_IRQ_SET_ACTION_TRIGGER. */
  static final int IRQ_SET_EVENTFD_TRIGGER = 1 << 2 | 1 << 5;

  private VfioConstants() {}

  private static long request(int number) {
    return (long) ';' << 8 | 100 + number;
  }
}
