package dev.aerostat.tracker;

/** The contract at the limits that users get. */
final class IntervalTreeTrackerProperties extends TreeContract {
  IntervalTreeTrackerProperties() {
    super(TreeLimits.DEFAULT);
  }
}
