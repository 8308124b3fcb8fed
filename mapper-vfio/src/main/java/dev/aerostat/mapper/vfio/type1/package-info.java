/**
 * The back end by VFIO's own container: {@code /dev/vfio/vfio}, IOMMU groups, and the IOMMU driver
 * type1v2.
 *
 * <p>Sources: the kernel's {@code include/uapi/linux/vfio.h}, {@code
 * Documentation/driver-api/vfio.rst}, {@code drivers/vfio/vfio_iommu_type1.c}, {@code
 * drivers/vfio/container.c}, {@code drivers/vfio/group.c}.
 */
package dev.aerostat.mapper.vfio.type1;
