package dev.aerostat.mapper.vfio.iommufd;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;

/**
 * Structures of iommufd (linux/iommufd.h), and of a VFIO device that is to use it (linux/vfio.h),
 * with the kernel's own field names.
 */
final class IommufdLayouts {
  static final StructLayout IOAS_ALLOC =
      MemoryLayout.structLayout(
              JAVA_INT.withName("size"),
              JAVA_INT.withName("flags"),
              JAVA_INT.withName("out_ioas_id"))
          .withName("iommu_ioas_alloc");

  static final StructLayout IOVA_RANGE =
      MemoryLayout.structLayout(JAVA_LONG.withName("start"), JAVA_LONG.withName("last"))
          .withName("iommu_iova_range");

  static final StructLayout IOAS_IOVA_RANGES =
      MemoryLayout.structLayout(
              JAVA_INT.withName("size"),
              JAVA_INT.withName("ioas_id"),
              JAVA_INT.withName("num_iovas"),
              JAVA_INT.withName("__reserved"),
              JAVA_LONG.withName("allowed_iovas"),
              JAVA_LONG.withName("out_iova_alignment"))
          .withName("iommu_ioas_iova_ranges");

  static final StructLayout IOAS_MAP =
      MemoryLayout.structLayout(
              JAVA_INT.withName("size"),
              JAVA_INT.withName("flags"),
              JAVA_INT.withName("ioas_id"),
              JAVA_INT.withName("__reserved"),
              JAVA_LONG.withName("user_va"),
              JAVA_LONG.withName("length"),
              JAVA_LONG.withName("iova"))
          .withName("iommu_ioas_map");

  static final StructLayout IOAS_UNMAP =
      MemoryLayout.structLayout(
              JAVA_INT.withName("size"),
              JAVA_INT.withName("ioas_id"),
              JAVA_LONG.withName("iova"),
              JAVA_LONG.withName("length"))
          .withName("iommu_ioas_unmap");

  static final StructLayout IOAS_MAP_FILE =
      MemoryLayout.structLayout(
              JAVA_INT.withName("size"),
              JAVA_INT.withName("flags"),
              JAVA_INT.withName("ioas_id"),
              JAVA_INT.withName("fd"),
              JAVA_LONG.withName("start"),
              JAVA_LONG.withName("length"),
              JAVA_LONG.withName("iova"))
          .withName("iommu_ioas_map_file");

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

  private IommufdLayouts() {}
}
