package dev.aerostat.mapper.vfio;

/**
 * A region of a device: a BAR (0 to 5), the expansion ROM (6) or the config space (7). Immutable.
 *
 * @param index its number (linux/vfio.h, VFIO_PCI_BAR0_REGION_INDEX and so on)
 * @param bytes its size, 0 if the device has none
 * @param offset where it begins in the device's file
 * @param readable whether it can be read through that file
 * @param writable whether it can be written
 * @param mappable whether it can be mapped into memory
 */
public record VfioRegion(
    int index, long bytes, long offset, boolean readable, boolean writable, boolean mappable) {}
