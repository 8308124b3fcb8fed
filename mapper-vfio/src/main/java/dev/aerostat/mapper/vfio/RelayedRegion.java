package dev.aerostat.mapper.vfio;

import java.util.List;

/**
 * A region of a device, as VFIO_DEVICE_GET_REGION_INFO describes it (linux/vfio.h): what is passed
 * on is as the kernel has it. Immutable.
 *
 * @param index its number (VFIO_PCI_BAR0_REGION_INDEX and so on)
 * @param flags VFIO_REGION_INFO_FLAG_READ and others
 * @param bytes its size, 0 if the device has none; a 64-bit number without a sign
 * @param offset where it begins in the device's file
 * @param capabilityOffset where the first capability begins, from the start of the structure of 32
 *     bytes; 0 if there is none
 * @param capabilities what follows the structure; empty if nothing does. The offsets within it
 *     count from the start of the structure, too
 */
public record RelayedRegion(
    int index, int flags, long bytes, long offset, int capabilityOffset, List<Byte> capabilities) {
  /** Copies the capabilities. */
  public RelayedRegion {
    capabilities = List.copyOf(capabilities);
  }

  VfioRegion region() {
    return new VfioRegion(
        index,
        bytes,
        offset,
        (flags & VfioConstants.REGION_FLAG_READ) != 0,
        (flags & VfioConstants.REGION_FLAG_WRITE) != 0,
        (flags & VfioConstants.REGION_FLAG_MMAP) != 0);
  }
}
