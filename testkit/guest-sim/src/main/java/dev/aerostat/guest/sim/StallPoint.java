package dev.aerostat.guest.sim;

/**
 * Where a driver that stalls stops: at half of the first target it sees, or where a falling target
 * meets it before; so it never deflates. Counts are balloon pages.
 */
final class StallPoint {
  private final boolean stalls;
  private long half = Long.MAX_VALUE;

  /**
   * Creates a stall point.
   *
   * @param stalls false for a driver that never stalls
   */
  StallPoint(boolean stalls) {
    this.stalls = stalls;
  }

  /** Returns whether the driver stops here. */
  boolean reached(long ballooned, long target) {
    if (!stalls || Math.max(target, ballooned) == 0) {
      return false;
    }
    if (half == Long.MAX_VALUE) {
      half = target / 2;
    }
    return ballooned >= Math.min(half, target);
  }

  /** Returns how many more pages the driver inflates before it stops. */
  long room(long ballooned) {
    return half - ballooned;
  }
}
