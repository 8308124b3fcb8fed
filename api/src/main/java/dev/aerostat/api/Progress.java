package dev.aerostat.api;

/**
 * How far a boot has come, at one moment. Immutable.
 *
 * @param memoryBytes all of the guest's RAM
 * @param mappedBytes what is pinned and in the IOMMU
 * @param balloonedBytes what is in the balloon
 * @param targetBytes how large the balloon was last asked to be
 * @param gateOpen whether the device may do DMA
 */
public record Progress(
    long memoryBytes, long mappedBytes, long balloonedBytes, long targetBytes, boolean gateOpen) {
  /**
   * Returns whether there is nothing left to do.
   *
   * @return true if the gate is open, all memory is mapped and the balloon is empty
   */
  public boolean done() {
    return gateOpen && mappedBytes == memoryBytes && balloonedBytes == 0;
  }
}
