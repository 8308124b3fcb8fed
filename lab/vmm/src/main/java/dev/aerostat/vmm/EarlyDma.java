package dev.aerostat.vmm;

import dev.aerostat.api.EarlyDmaPolicy;
import java.time.Duration;

/**
 * What happens to a guest that asks for DMA before the gate is open. Immutable.
 *
 * @param policy whether its write is held, all of it pauses, or its devices are plugged when the
 *     gate opens, so that it cannot ask before
 * @param limit how long the guest waits at most, more than 0 and at most a year: then the run ends
 */
public record EarlyDma(EarlyDmaPolicy policy, Duration limit) {
  private static final Duration LONGEST = Duration.ofDays(365);

  /** A write is held, for 10 minutes: some hundred times what a large host takes to map a guest. */
  public static final EarlyDma USUAL = new EarlyDma(EarlyDmaPolicy.HOLD, Duration.ofMinutes(10));

  /**
   * Checks the limit.
   *
   * @throws IllegalArgumentException if it is out of its range: the message names it
   */
  public EarlyDma {
    if (!limit.isPositive() || limit.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "early DMA waits for %d s: expected 1 s to %d s"
              .formatted(limit.toSeconds(), LONGEST.toSeconds()));
    }
  }
}
