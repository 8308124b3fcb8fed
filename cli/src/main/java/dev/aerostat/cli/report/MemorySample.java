package dev.aerostat.cli.report;

/**
 * What guest memory is at one moment. Immutable.
 *
 * @param mappedBytes pinned and in the IOMMU
 * @param balloonedBytes in the balloon
 * @param leavingBytes deflated, not yet acknowledged
 * @param column the state of each row of the picture, from the lowest address up; empty where only
 *     totals are known
 */
record MemorySample(long mappedBytes, long balloonedBytes, long leavingBytes, String column) {
  /** All of it guest-owned, nothing mapped, and nothing known of where. */
  static final MemorySample NOTHING_YET = new MemorySample(0, 0, 0, "");
}
