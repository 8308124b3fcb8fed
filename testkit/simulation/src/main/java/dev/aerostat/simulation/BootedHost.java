package dev.aerostat.simulation;

import dev.aerostat.api.EngineCounters;
import dev.aerostat.observer.Observer;

/** An engine, its device and its mapper after a run: what a report is made of. */
interface BootedHost extends AutoCloseable {
  long memoryBytes();

  EngineCounters counters();

  Observer observer();

  Milestones milestones();

  HostTimes costs();

  /** Returns what the host refused last, empty if it refused nothing. */
  String lastRefusal();

  /** Closes the engine, under the observer's eyes. */
  @Override
  void close();
}
