package dev.aerostat.api;

/**
 * What a host does with the memory behind a guest: bring pages in, and give them back.
 *
 * <p>Safe for use by several threads at once: that is how populating gets fast. The memory itself
 * belongs to the VMM.
 */
public interface HostMemory {
  /**
   * Brings all pages of a range in, zeroed if they were never touched, so that a later map finds
   * them there. Pages that are there already keep their content ({@code MADV_POPULATE_WRITE},
   * madvise(2)). Blocks for as long as that takes.
   *
   * @param start where the range begins
   * @param bytes its length, a multiple of 4 KiB, greater than 0
   * @throws HostRefusedException if the host could not; what was brought in stays
   */
  void populate(HostAddress start, long bytes) throws HostRefusedException;

  /**
   * Gives the pages of a range back to the host; their content is lost and reads as zeros. Blocks
   * for as long as that takes.
   *
   * @param start where the range begins
   * @param bytes its length, a multiple of 4 KiB, greater than 0
   * @throws HostRefusedException if the host could not
   */
  void discard(HostAddress start, long bytes) throws HostRefusedException;
}
