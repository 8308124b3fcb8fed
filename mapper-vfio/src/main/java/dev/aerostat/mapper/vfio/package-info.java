/**
 * VFIO: devices handed to this process, and an IOMMU that confines their DMA.
 *
 * <h2>For a VMM</h2>
 *
 * <p>{@link dev.aerostat.mapper.vfio.VfioMapper#open(java.util.List)} attaches devices to one
 * address space and gives an engine its mapper; {@link dev.aerostat.mapper.vfio.VfioDevice} is one
 * of the devices with its regions, its config space and its interrupts; {@link
 * dev.aerostat.mapper.vfio.BusMasterGate} is the engine's gate, by the bus-master bit of the
 * device's command register; {@link dev.aerostat.mapper.vfio.GuestConfigSpace} is what the guest
 * finds when it configures the device. {@link dev.aerostat.mapper.vfio.VfioRelay} is for a program
 * that passes the device's calls on to another process. {@link
 * dev.aerostat.mapper.vfio.VfioMapperProvider} opens the same by name.
 *
 * <h2>What the host needs</h2>
 *
 * <p>An IOMMU that is switched on, every device of the group bound to vfio-pci, to a variant of it
 * such as mlx5_vfio_pci, or to a driver that does no DMA of its own (pcieport, pci-stub), a
 * RLIMIT_MEMLOCK of all guest memory, and read and write access to the files of one of two
 * interfaces ({@link dev.aerostat.mapper.vfio.VfioBackend}): {@code /dev/iommu} and {@code
 * /dev/vfio/devices/vfioN} for iommufd, Linux 6.6 or later; {@code /dev/vfio/vfio} and {@code
 * /dev/vfio/GROUP} for type1v2, Linux 5.10 or later. Where something is missing, the message says
 * what, and what to do.
 *
 * <p>Sources: the kernel's {@code Documentation/driver-api/vfio.rst}, {@code
 * Documentation/userspace-api/iommufd.rst}, {@code include/uapi/linux/vfio.h}, {@code
 * include/uapi/linux/iommufd.h}, {@code drivers/vfio}, {@code drivers/iommu/iommufd}.
 */
package dev.aerostat.mapper.vfio;
