package dev.aerostat.observer.sabotage;

import dev.aerostat.tracker.BitmapTracker;

/** An observer that believes what it judges. */
public final class AsksTheTracker {
  static long pages(BitmapTracker tracker) {
    return tracker.pages();
  }
}
