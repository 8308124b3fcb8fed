/**
 * The back end by iommufd: {@code /dev/iommu}, and a file for each device in {@code
 * /dev/vfio/devices}.
 *
 * <p>Sources: the kernel's {@code include/uapi/linux/iommufd.h}, {@code include/uapi/linux/vfio.h}
 * for the requests that attach a device, {@code Documentation/userspace-api/iommufd.rst}, {@code
 * Documentation/driver-api/vfio.rst} (section "Device cdev Example"), {@code
 * drivers/iommu/iommufd}, {@code drivers/vfio/device_cdev.c}, {@code drivers/vfio/iommufd.c}.
 */
package dev.aerostat.mapper.vfio.iommufd;
