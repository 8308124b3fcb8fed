/**
 * VFIO: devices handed to this process, and an IOMMU that confines their DMA.
 *
 * <h2>For a VMM</h2>
 *
 * <p>{@link dev.aerostat.mapper.vfio.VfioMapper#open} attaches devices to one container (type1v2)
 * and gives an engine its mapper; {@link dev.aerostat.mapper.vfio.VfioDevice} is one of the devices
 * with its regions and its config space; {@link dev.aerostat.mapper.vfio.BusMasterGate} is the
 * engine's gate, by the bus-master bit of the device's command register. {@link
 * dev.aerostat.mapper.vfio.VfioMapperProvider} opens the same by name.
 *
 * <h2>What the host needs</h2>
 *
 * <p>An IOMMU that is switched on, Linux 5.10 or later, every device of the group bound to
 * vfio-pci, read and write access to {@code /dev/vfio/vfio} and {@code /dev/vfio/GROUP}, and a
 * RLIMIT_MEMLOCK of all guest memory. Where something is missing, the message says what, and what
 * to do.
 *
 * <p>Sources: the kernel's {@code Documentation/driver-api/vfio.rst}, {@code
 * include/uapi/linux/vfio.h}, {@code drivers/vfio/vfio_iommu_type1.c}.
 */
package dev.aerostat.mapper.vfio;
