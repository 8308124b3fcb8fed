package dev.aerostat.observer;

/**
 * Where a split ring lies in guest memory (virtio 1.2, section 2.7), and how many pages a PFN in it
 * names. Immutable.
 *
 * @param size entries, a power of two from 1 to 32,768
 * @param descriptors guest-physical address of the descriptor table, in bytes
 * @param available guest-physical address of the available ring, in bytes
 * @param used guest-physical address of the used ring, in bytes
 * @param pagesPerPfn 1 for 4 KiB balloon pages, 512 for 2 MiB
 */
public record RingPlacement(
    int size, long descriptors, long available, long used, int pagesPerPfn) {
  /**
   * Checks the layout.
   *
   * @throws IllegalArgumentException if {@code size} is not a power of two up to 32,768, or a PFN
   *     names neither 1 nor 512 pages
   */
  public RingPlacement {
    if (size < 1 || size > 1 << 15 || Integer.bitCount(size) != 1) {
      throw new IllegalArgumentException(
          "a queue of %d entries: expected a power of two from 1 to 32768".formatted(size));
    }
    if (pagesPerPfn != 1 && pagesPerPfn != 512) {
      throw new IllegalArgumentException(
          "a PFN that names %d pages: expected 1 or 512".formatted(pagesPerPfn));
    }
  }

  long descriptorBytes() {
    return 16L * size;
  }

  long availableBytes() {
    return 4 + 2L * size;
  }

  long usedBytes() {
    return 4 + 8L * size;
  }
}
