package dev.aerostat.memory.linux;

/** What guest memory is made of. Immutable. */
public sealed interface MemoryBacking {
  /**
   * This process's own memory, which no other can share.
   *
   * @param hugePages whether to ask for transparent huge pages ({@code MADV_HUGEPAGE}): a map of
   *     populated memory is then several times faster
   */
  record Anonymous(boolean hugePages) implements MemoryBacking {}

  /**
   * A file in memory, one a region, which other processes can share by its descriptor.
   *
   * @param hugePages whether to ask for transparent huge pages; the host grants them to shared
   *     memory only if {@code /sys/kernel/mm/transparent_hugepage/shmem_enabled} is {@code advise}
   *     or more
   */
  record Shared(boolean hugePages) implements MemoryBacking {}

  /**
   * A file of huge pages that the host has reserved, one a region, which other processes can share
   * by its descriptor.
   *
   * @param pageBytes the huge page's size in bytes, a power of two such as 2 MiB or 1 GiB; regions
   *     are multiples of it
   */
  record HugePages(long pageBytes) implements MemoryBacking {
    /**
     * Checks the size.
     *
     * @throws IllegalArgumentException if it is not a power of two greater than 4 KiB
     */
    public HugePages {
      if (pageBytes <= 4096 || Long.bitCount(pageBytes) != 1) {
        throw new IllegalArgumentException(
            "a huge page is a power of two greater than 4096 bytes, not " + pageBytes);
      }
    }
  }
}
