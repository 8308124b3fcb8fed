package dev.aerostat.mapper.spi;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;

/**
 * Pins memory and puts it into an IOMMU, so that a device can do DMA to it.
 *
 * <p>Safe for use by several threads; {@link MapperLimits#concurrentMaps()} says whether it pays.
 * All calls block until the host is done.
 */
public interface DmaMapper extends AutoCloseable {
  /**
   * Returns what the host allows.
   *
   * @return the limits as they are now; {@link MapperLimits#entriesLeft()} falls with each mapping
   */
  MapperLimits limits();

  /**
   * Returns the host memory this mapper maps from.
   *
   * @return what populates and discards it
   */
  HostMemory hostMemory();

  /**
   * Makes one mapping, readable and writable by the device.
   *
   * @param iova what the device will aim at; must overlap no mapping
   * @param host where the bytes lie
   * @throws HostRefusedException if the host refuses; no part of the range is then mapped if its
   *     state is {@code UNCHANGED}, and else the engine unmaps the range before it maps it again,
   *     as it does after anything else that is thrown
   * @throws IllegalStateException if the mapper is closed
   */
  void map(IovaRange iova, HostAddress host) throws HostRefusedException;

  /**
   * Removes all mappings in a range. Every mapping that the range touches must lie wholly in it.
   *
   * @param iova the range
   * @return the bytes unmapped; 0 where nothing was mapped, if the host lets that pass (type1v2
   *     does, iommufd refuses)
   * @throws HostRefusedException if a mapping would be cut, or nothing is there and the host minds
   *     ({@link dev.aerostat.api.RefusalCause.NotMapped})
   * @throws IllegalStateException if the mapper is closed
   */
  long unmap(IovaRange iova) throws HostRefusedException;

  /**
   * Removes all mappings.
   *
   * @return the bytes unmapped, 0 or more
   * @throws HostRefusedException if the host refuses
   * @throws IllegalStateException if the mapper is closed
   */
  long unmapAll() throws HostRefusedException;

  /** Removes all mappings and lets go of the host's resources. Does nothing the second time. */
  @Override
  void close();
}
