package dev.aerostat.tracker;

/** The contract on a tree that has no bitmaps. */
final class TreeOfRangesProperties extends TreeContract {
  TreeOfRangesProperties() {
    super(TinyLimits.RANGES_ONLY);
  }
}
