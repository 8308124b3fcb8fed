package dev.aerostat.tracker;

/** The contract on a tree of many levels, whose bitmaps become ranges again. */
final class DeepTreeProperties extends TreeContract {
  DeepTreeProperties() {
    super(TinyLimits.DEEP);
  }
}
