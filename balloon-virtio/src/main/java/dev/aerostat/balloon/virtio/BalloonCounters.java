package dev.aerostat.balloon.virtio;

import dev.aerostat.virtio.GuestMistake;
import java.util.Map;

/**
 * What the device has done since it was made, at one moment. Immutable. Pages are in 4 KiB units.
 *
 * @param inflateMessages inflate messages returned
 * @param inflatePages pages they named, mistakes left out
 * @param inflateRuns runs they came in
 * @param deflateMessages deflate messages read whole
 * @param deflatePages pages they named, mistakes left out
 * @param deflateRuns runs they came in
 * @param deflateAcknowledged deflate messages returned
 * @param otherMessages statistics, hint and report messages read
 * @param interrupts interrupts that queues raised
 * @param resets resets completed
 * @param mistakes how often the guest made each mistake; only those that it made
 */
public record BalloonCounters(
    long inflateMessages,
    long inflatePages,
    long inflateRuns,
    long deflateMessages,
    long deflatePages,
    long deflateRuns,
    long deflateAcknowledged,
    long otherMessages,
    long interrupts,
    long resets,
    Map<GuestMistake, Long> mistakes) {
  /** Copies the mistakes. */
  public BalloonCounters {
    mistakes = Map.copyOf(mistakes);
  }

  /**
   * Returns how often the guest made a mistake.
   *
   * @param mistake which
   * @return 0 or more
   */
  public long mistakes(GuestMistake mistake) {
    return mistakes.getOrDefault(mistake, 0L);
  }
}
