package dev.aerostat.mapper.contract;

import java.util.OptionalLong;

/** Reads memory through a mapper, as a device that does DMA would. */
@FunctionalInterface
public interface DmaReader {
  /**
   * Reads eight bytes.
   *
   * @param iova where the device aims, a multiple of 8
   * @return the bytes in the order of this machine, or empty if nothing is mapped there
   */
  OptionalLong read(long iova);
}
