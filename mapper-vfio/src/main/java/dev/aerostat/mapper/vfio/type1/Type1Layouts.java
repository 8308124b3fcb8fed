package dev.aerostat.mapper.vfio.type1;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;

/** Structures of a container and its groups (linux/vfio.h), with the kernel's own field names. */
final class Type1Layouts {
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

  private Type1Layouts() {}
}
