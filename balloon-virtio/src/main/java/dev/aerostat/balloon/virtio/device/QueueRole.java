package dev.aerostat.balloon.virtio.device;

import dev.aerostat.balloon.virtio.BalloonFeatureBits;

/** What a queue is for, in the specification's order (virtio 1.2, section 5.5.2). */
enum QueueRole {
  INFLATE(0, 0),
  DEFLATE(1, 0),
  STATISTICS(2, BalloonFeatureBits.STATS_VQ),
  FREE_PAGE_HINT(3, BalloonFeatureBits.FREE_PAGE_HINT),
  PAGE_REPORTING(4, BalloonFeatureBits.PAGE_REPORTING);

  private final int fixedIndex;
  private final long feature;

  QueueRole(int fixedIndex, long feature) {
    this.fixedIndex = fixedIndex;
    this.feature = feature;
  }

  /** Its index by the specification. */
  int fixedIndex() {
    return fixedIndex;
  }

  boolean existsWith(long features) {
    return (features & feature) == feature;
  }
}
