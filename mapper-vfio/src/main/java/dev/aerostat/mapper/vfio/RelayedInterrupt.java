package dev.aerostat.mapper.vfio;

/**
 * One way in which a device interrupts, as VFIO_DEVICE_GET_IRQ_INFO describes it (linux/vfio.h).
 * Immutable.
 *
 * @param index its number (VFIO_PCI_INTX_IRQ_INDEX and so on)
 * @param flags VFIO_IRQ_INFO_EVENTFD and others
 * @param count how many interrupts of this kind the device has, 0 or more
 */
public record RelayedInterrupt(int index, int flags, int count) {}
