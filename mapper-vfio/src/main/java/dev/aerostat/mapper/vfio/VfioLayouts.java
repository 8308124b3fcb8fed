package dev.aerostat.mapper.vfio;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;

/** Structures of VFIO (linux/vfio.h), with the kernel's own field names. */
final class VfioLayouts {
  static final StructLayout DMA_MAP =
      MemoryLayout.structLayout(
              JAVA_INT.withName("argsz"),
              JAVA_INT.withName("flags"),
              JAVA_LONG.withName("vaddr"),
              JAVA_LONG.withName("iova"),
              JAVA_LONG.withName("size"))
          .withName("vfio_iommu_type1_dma_map");

  static final StructLayout DMA_UNMAP =
      MemoryLayout.structLayout(
              JAVA_INT.withName("argsz"),
              JAVA_INT.withName("flags"),
              JAVA_LONG.withName("iova"),
              JAVA_LONG.withName("size"))
          .withName("vfio_iommu_type1_dma_unmap");

  static final StructLayout INFO =
      MemoryLayout.structLayout(
              JAVA_INT.withName("argsz"),
              JAVA_INT.withName("flags"),
              JAVA_LONG.withName("iova_pgsizes"),
              JAVA_INT.withName("cap_offset"),
              MemoryLayout.paddingLayout(4))
          .withName("vfio_iommu_type1_info");

  static final StructLayout CAP_HEADER =
      MemoryLayout.structLayout(
              JAVA_SHORT.withName("id"), JAVA_SHORT.withName("version"), JAVA_INT.withName("next"))
          .withName("vfio_info_cap_header");

  static final StructLayout GROUP_STATUS =
      MemoryLayout.structLayout(JAVA_INT.withName("argsz"), JAVA_INT.withName("flags"))
          .withName("vfio_group_status");

  /** Only what every version has; {@code cap_offset} came later. */
  static final StructLayout DEVICE_INFO =
      MemoryLayout.structLayout(
              JAVA_INT.withName("argsz"),
              JAVA_INT.withName("flags"),
              JAVA_INT.withName("num_regions"),
              JAVA_INT.withName("num_irqs"))
          .withName("vfio_device_info");

  static final StructLayout REGION_INFO =
      MemoryLayout.structLayout(
              JAVA_INT.withName("argsz"),
              JAVA_INT.withName("flags"),
              JAVA_INT.withName("index"),
              JAVA_INT.withName("cap_offset"),
              JAVA_LONG.withName("size"),
              JAVA_LONG.withName("offset"))
          .withName("vfio_region_info");

  /** Followed by its data, here one descriptor. */
  static final StructLayout IRQ_SET =
      MemoryLayout.structLayout(
              JAVA_INT.withName("argsz"),
              JAVA_INT.withName("flags"),
              JAVA_INT.withName("index"),
              JAVA_INT.withName("start"),
              JAVA_INT.withName("count"))
          .withName("vfio_irq_set");

  static final StructLayout BIND_IOMMUFD =
      MemoryLayout.structLayout(
              JAVA_INT.withName("argsz"),
              JAVA_INT.withName("flags"),
              JAVA_INT.withName("iommufd"),
              JAVA_INT.withName("out_devid"))
          .withName("vfio_device_bind_iommufd");

  static final StructLayout ATTACH_IOMMUFD_PT =
      MemoryLayout.structLayout(
              JAVA_INT.withName("argsz"), JAVA_INT.withName("flags"), JAVA_INT.withName("pt_id"))
          .withName("vfio_device_attach_iommufd_pt");

  static final StructLayout DETACH_IOMMUFD_PT =
      MemoryLayout.structLayout(JAVA_INT.withName("argsz"), JAVA_INT.withName("flags"))
          .withName("vfio_device_detach_iommufd_pt");

  private VfioLayouts() {}

  static long offset(StructLayout layout, String field) {
    return layout.byteOffset(PathElement.groupElement(field));
  }
}
