package dev.aerostat.mem.virtio;

import dev.aerostat.api.GuestRange;
import dev.aerostat.virtio.VirtioFeatures;
import java.util.Objects;

/**
 * How the device presents itself. Immutable.
 *
 * @param region the memory that it plugs, RAM as a whole and in no table of the guest's firmware;
 *     begins and ends at a multiple of the block size
 * @param blockBytes what is plugged and unplugged at a time: a power of two, 2 MiB or more
 * @param queueSize the largest number of descriptors in its queue: a power of two, 2 to 32,768
 */
public record MemSettings(GuestRange region, long blockBytes, int queueSize) {
  /** VIRTIO_MEM_F_UNPLUGGED_INACCESSIBLE (virtio 1.2, section 5.15.3). */
  public static final long UNPLUGGED_INACCESSIBLE = 1L << 1;

  /** The smallest block: what a page table entry of a PC maps at a time. */
  public static final long LEAST_BLOCK_BYTES = 2L << 20;

  private static final int MAX_QUEUE_SIZE = 32_768;

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range or the region not made of
   *     blocks: the message names it
   */
  public MemSettings {
    Objects.requireNonNull(region, "region");
    if (blockBytes < LEAST_BLOCK_BYTES || Long.bitCount(blockBytes) != 1) {
      throw new IllegalArgumentException(
          "blocks of %d bytes: expected a power of two, %d or more"
              .formatted(blockBytes, LEAST_BLOCK_BYTES));
    }
    if (region.start() % blockBytes != 0 || region.length() % blockBytes != 0) {
      throw new IllegalArgumentException(
          "a region %s of blocks of %d bytes: expected both of its ends at a multiple of that"
              .formatted(region, blockBytes));
    }
    if (region.length() / blockBytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "a region %s of %d blocks: expected %d at most; use larger blocks"
              .formatted(region, region.length() / blockBytes, Integer.MAX_VALUE));
    }
    if (queueSize < 2 || queueSize > MAX_QUEUE_SIZE || Integer.bitCount(queueSize) != 1) {
      throw new IllegalArgumentException(
          "a queue of %d descriptors: expected a power of two from 2 to %d"
              .formatted(queueSize, MAX_QUEUE_SIZE));
    }
  }

  /**
   * Returns the usual settings: blocks of 2 MiB, a queue of 128 descriptors.
   *
   * @param region the memory that it plugs
   * @return the settings
   * @throws IllegalArgumentException if the region does not begin and end at a multiple of 2 MiB
   */
  public static MemSettings of(GuestRange region) {
    return new MemSettings(region, LEAST_BLOCK_BYTES, 128);
  }

  /**
   * Changes the size of a block.
   *
   * @param bytes a power of two, 2 MiB or more
   * @return these settings but for that
   * @throws IllegalArgumentException if the size is not legal, or the region not made of such
   *     blocks
   */
  public MemSettings withBlockBytes(long bytes) {
    return new MemSettings(region, bytes, queueSize);
  }

  /**
   * Changes the largest queue size.
   *
   * @param size a power of two, 2 to 32,768
   * @return these settings but for that
   * @throws IllegalArgumentException if the size is not legal
   */
  public MemSettings withQueueSize(int size) {
    return new MemSettings(region, blockBytes, size);
  }

  /**
   * Returns the feature bits that a device with these settings offers.
   *
   * @return bits 0 to 63; 64 and up are 0
   */
  public long featureBits() {
    return VirtioFeatures.VERSION_1
        | VirtioFeatures.INDIRECT_DESC
        | VirtioFeatures.EVENT_IDX
        | UNPLUGGED_INACCESSIBLE;
  }
}
