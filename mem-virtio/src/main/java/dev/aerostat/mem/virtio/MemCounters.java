package dev.aerostat.mem.virtio;

import dev.aerostat.virtio.GuestMistake;
import java.util.Map;

/**
 * What the device has done since it was made, at one moment. Immutable.
 *
 * @param pluggedBytes what the guest has plugged
 * @param requestedBytes how much it was last asked to plug
 * @param plugs requests to plug that were acknowledged
 * @param unplugs requests to unplug, single blocks or all, that were acknowledged
 * @param states requests for the state of blocks that were answered
 * @param nacks requests that were answered NACK: to plug more than was asked for, or at the end
 * @param errors requests that were answered ERROR
 * @param interrupts interrupts that the queue raised
 * @param resets resets completed
 * @param mistakes how often the guest made each mistake; only those that it made
 */
public record MemCounters(
    long pluggedBytes,
    long requestedBytes,
    long plugs,
    long unplugs,
    long states,
    long nacks,
    long errors,
    long interrupts,
    long resets,
    Map<GuestMistake, Long> mistakes) {
  /** Copies the mistakes. */
  public MemCounters {
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
