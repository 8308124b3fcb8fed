package dev.aerostat.simulation;

import dev.aerostat.api.EngineCounters;
import dev.aerostat.observer.Observer;

/** An engine, its device and its mapper after a run. */
interface BootedHost extends AutoCloseable {
  /**
   * What a report is made of.
   *
   * @param memoryBytes the guest's RAM
   * @param counters what the engine has counted so far
   * @param costs how often the host was called, and for how long
   * @param milestones when what happened
   * @param plug what the guest plugged
   * @param observer judges on, until all is closed
   * @param lastRefusal what the host refused last, empty if it refused nothing
   */
  record Outcome(
      long memoryBytes,
      EngineCounters counters,
      HostTimes costs,
      Milestones milestones,
      BootReport.Plug plug,
      Observer observer,
      String lastRefusal) {}

  /** Returns what has come of the run so far. */
  Outcome outcome();

  /** Closes the engine, under the observer's eyes. */
  @Override
  void close();
}
