package dev.aerostat.tracker;

/** The contract on a tree that takes to bits at the third range of a chunk. */
final class TreeOfBitmapsProperties extends TreeContract {
  TreeOfBitmapsProperties() {
    super(TinyLimits.MOSTLY_BITS);
  }
}
