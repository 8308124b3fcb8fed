package dev.aerostat.balloon.virtio;

import java.util.Map;
import java.util.OptionalLong;

/**
 * The guest's own figures of its memory, as it claims them. Immutable.
 *
 * @param values those that the guest sent, each an unsigned 64-bit number in the unit that {@link
 *     BalloonStatistic} names
 */
public record BalloonStatistics(Map<BalloonStatistic, Long> values) {
  /** Copies the values. */
  public BalloonStatistics {
    values = Map.copyOf(values);
  }

  /**
   * Returns one figure.
   *
   * @param statistic which
   * @return its value, or empty if the guest did not send it
   */
  public OptionalLong value(BalloonStatistic statistic) {
    Long value = values.get(statistic);
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }
}
