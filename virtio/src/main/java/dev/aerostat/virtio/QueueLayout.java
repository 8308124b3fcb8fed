package dev.aerostat.virtio;

/**
 * Where a driver placed a split virtqueue (virtio 1.2, section 2.7). What a guest wrote, unchecked:
 * {@link VirtioDevice#configureQueue} judges it.
 *
 * @param size number of descriptors; legal is a power of two from 1 to the queue's maximum
 * @param descriptorArea guest-physical address of the descriptor table; legal is a multiple of 16
 * @param driverArea guest-physical address of the available ring; legal is a multiple of 2
 * @param deviceArea guest-physical address of the used ring; legal is a multiple of 4
 * @param firstIndex the available and used index at which the two sides start, of which the lower
 *     16 bits count: 0 but for a queue that a back end takes over with no chain under way
 */
public record QueueLayout(
    int size, long descriptorArea, long driverArea, long deviceArea, int firstIndex) {
  /**
   * Describes a fresh queue, which starts at index 0.
   *
   * @param size number of descriptors
   * @param descriptorArea guest-physical address of the descriptor table
   * @param driverArea guest-physical address of the available ring
   * @param deviceArea guest-physical address of the used ring
   */
  public QueueLayout(int size, long descriptorArea, long driverArea, long deviceArea) {
    this(size, descriptorArea, driverArea, deviceArea, 0);
  }
}
