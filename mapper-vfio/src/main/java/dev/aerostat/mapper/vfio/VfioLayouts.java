package dev.aerostat.mapper.vfio;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;

/** Structures of a VFIO device (linux/vfio.h), with the kernel's own field names. */
final class VfioLayouts {

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

  static final StructLayout IRQ_INFO =
      MemoryLayout.structLayout(
              JAVA_INT.withName("argsz"),
              JAVA_INT.withName("flags"),
              JAVA_INT.withName("index"),
              JAVA_INT.withName("count"))
          .withName("vfio_irq_info");

  /** Followed by its data: descriptors, or nothing. */
  static final StructLayout IRQ_SET =
      MemoryLayout.structLayout(
              JAVA_INT.withName("argsz"),
              JAVA_INT.withName("flags"),
              JAVA_INT.withName("index"),
              JAVA_INT.withName("start"),
              JAVA_INT.withName("count"))
          .withName("vfio_irq_set");

  private VfioLayouts() {}
}
