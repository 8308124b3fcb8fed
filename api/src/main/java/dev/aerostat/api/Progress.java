package dev.aerostat.api;

/**
 * How far a boot has come, at one moment. Immutable.
 *
 * @param memoryBytes all of the guest's RAM
 * @param mappedBytes what is pinned and in the IOMMU
 * @param balloonedBytes what is in the balloon
 * @param targetBytes how large the balloon was last asked to be
 * @param unpluggedBytes what a virtio-mem device has and the guest has not plugged
 * @param gateOpen whether the device may do DMA
 */
public record Progress(
    long memoryBytes,
    long mappedBytes,
    long balloonedBytes,
    long targetBytes,
    long unpluggedBytes,
    boolean gateOpen) {
  /**
   * Creates the progress of a guest without a virtio-mem device.
   *
   * @param memoryBytes all of the guest's RAM
   * @param mappedBytes what is pinned and in the IOMMU
   * @param balloonedBytes what is in the balloon
   * @param targetBytes how large the balloon was last asked to be
   * @param gateOpen whether the device may do DMA
   */
  public Progress(
      long memoryBytes, long mappedBytes, long balloonedBytes, long targetBytes, boolean gateOpen) {
    this(memoryBytes, mappedBytes, balloonedBytes, targetBytes, 0, gateOpen);
  }

  /**
   * Returns what is withheld from the guest, by either device.
   *
   * @return what is ballooned or not plugged, in bytes
   */
  public long withheldBytes() {
    return balloonedBytes + unpluggedBytes;
  }

  /**
   * Returns whether there is nothing left to do.
   *
   * @return true if the gate is open, all memory is mapped and none is withheld from the guest
   */
  public boolean done() {
    return gateOpen && mappedBytes == memoryBytes && withheldBytes() == 0;
  }
}
