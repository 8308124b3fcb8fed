package dev.aerostat.guest.sim;

/** How a guest's balloon driver behaves. */
public enum DriverBehaviour {
  /** As a freshly booted Linux does. */
  LINUX,
  /** As Linux, but it stops forever once it holds half of the pages of its first target. */
  STALLS,
  /**
   * As Linux, and from the moment that it first has no more to inflate, compaction moves single
   * pages of the balloon and the guest runs out of memory now and then, both at random intervals.
   */
  PRESSURED
}
