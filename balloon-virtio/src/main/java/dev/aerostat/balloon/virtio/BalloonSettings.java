package dev.aerostat.balloon.virtio;

import java.util.EnumSet;
import java.util.Set;

/**
 * How the device presents itself. Immutable.
 *
 * @param offered what is offered beside MUST_TELL_HOST and VERSION_1
 * @param hugePageFeatureBit the private feature bit for balloon pages of 2 MiB: 50 to 63, in the
 *     range that virtio 1.2, section 2.2, leaves to device types
 * @param queueSize the largest number of descriptors in a queue: a power of two, 1 to 32,768
 * @param mergePages whether consecutive PFNs of a message come as one run; with false each comes by
 *     itself, for comparison
 */
public record BalloonSettings(
    Set<BalloonFeature> offered, int hugePageFeatureBit, int queueSize, boolean mergePages) {
  private static final int MAX_QUEUE_SIZE = 32_768;

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if the bit or the queue size is not legal
   */
  public BalloonSettings {
    offered = Set.copyOf(offered);
    if (hugePageFeatureBit < 50 || hugePageFeatureBit > 63) {
      throw new IllegalArgumentException(
          "feature bit %d for 2 MiB balloon pages: expected 50 to 63, which virtio leaves to"
                  .formatted(hugePageFeatureBit)
              + " device types");
    }
    if (Integer.bitCount(queueSize) != 1 || queueSize < 1 || queueSize > MAX_QUEUE_SIZE) {
      throw new IllegalArgumentException(
          "queues of %d descriptors: expected a power of two from 1 to %d"
              .formatted(queueSize, MAX_QUEUE_SIZE));
    }
  }

  /**
   * Returns the settings for a guest with a passthrough device: statistics, deflate on
   * out-of-memory, both ring features and 2 MiB pages at bit 62, queues of 128, merged runs.
   *
   * @return settings under which both ways of numbering queues agree
   */
  public static BalloonSettings defaults() {
    return new BalloonSettings(
        EnumSet.of(
            BalloonFeature.STATISTICS,
            BalloonFeature.DEFLATE_ON_OOM,
            BalloonFeature.INDIRECT_DESCRIPTORS,
            BalloonFeature.EVENT_INDEX,
            BalloonFeature.HUGE_PAGES),
        62,
        128,
        true);
  }

  /**
   * Changes what is offered.
   *
   * <p>By the specification queue 2 is for statistics, 3 for hints and 4 for reports; every VMM,
   * and Linux, count only the queues that are there. The two agree if hints come with statistics,
   * and reports with both. Any other set is served too, told apart by the queues that the driver
   * enables.
   *
   * @param features all that is offered beside MUST_TELL_HOST and VERSION_1
   * @return these settings but for that
   */
  public BalloonSettings withOffered(Set<BalloonFeature> features) {
    return new BalloonSettings(features, hugePageFeatureBit, queueSize, mergePages);
  }

  /**
   * Moves the private feature bit.
   *
   * @param bit 50 to 63
   * @return these settings but for that
   * @throws IllegalArgumentException if the bit is not legal
   */
  public BalloonSettings withHugePageFeatureBit(int bit) {
    return new BalloonSettings(offered, bit, queueSize, mergePages);
  }

  /**
   * Changes the largest queue size.
   *
   * @param size a power of two, 1 to 32,768
   * @return these settings but for that
   * @throws IllegalArgumentException if the size is not legal
   */
  public BalloonSettings withQueueSize(int size) {
    return new BalloonSettings(offered, hugePageFeatureBit, size, mergePages);
  }

  /**
   * Changes whether consecutive PFNs are merged.
   *
   * @param merge false to have each PFN by itself
   * @return these settings but for that
   */
  public BalloonSettings withMergePages(boolean merge) {
    return new BalloonSettings(offered, hugePageFeatureBit, queueSize, merge);
  }

  /**
   * Returns the feature bits that a device with these settings offers, for a transport that is
   * asked before there is a device.
   *
   * @return bits 0 to 63; 64 and up are 0
   */
  public long featureBits() {
    return BalloonFeatureBits.offered(this);
  }

  /**
   * Returns whether a device with these settings serves a driver that chooses so.
   *
   * @param features bits 0 to 63
   * @return true if MUST_TELL_HOST and VERSION_1 are among them and all of them are offered
   */
  public boolean accepts(long features) {
    return (features & BalloonFeatureBits.REQUIRED) == BalloonFeatureBits.REQUIRED
        && (features & ~featureBits()) == 0;
  }
}
