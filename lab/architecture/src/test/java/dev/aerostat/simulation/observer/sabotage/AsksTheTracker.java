package dev.aerostat.simulation.observer.sabotage;

import dev.aerostat.tracker.IntervalTreeTracker;

/** An observer that believes what it judges. */
public final class AsksTheTracker {
  static long pages(IntervalTreeTracker tracker) {
    return tracker.pages();
  }
}
