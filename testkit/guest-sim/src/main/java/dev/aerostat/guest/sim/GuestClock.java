package dev.aerostat.guest.sim;

/** The time of a guest, turned by somebody else: a simulation's virtual clock. */
@FunctionalInterface
public interface GuestClock {
  /**
   * Runs something later, never before this call returns.
   *
   * @param nanos from now, 0 or more
   * @param action what to run, once, on the thread that drives the guest
   */
  void after(long nanos, Runnable action);
}
