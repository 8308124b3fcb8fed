package dev.aerostat.vmm.bus;

/**
 * How a guest's run has ended. Immutable.
 *
 * @param kind what it was
 * @param how by what, in words
 */
public record GuestEnd(Kind kind, String how) {
  /** What ends a guest. */
  public enum Kind {
    /** The guest switched itself off. */
    POWER_OFF,
    /** The guest reset itself. */
    RESET,
    /** The guest cannot go on: its processor gave up. */
    CRASH,
    /** The VMM was asked to end it. */
    STOPPED,
    /** The VMM failed. */
    FAILURE
  }
}
