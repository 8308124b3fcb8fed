/** Boots, comparisons and replays on a virtual clock, and the observer that judges them. */
@org.jspecify.annotations.NullMarked
module dev.aerostat.simulation {
  requires static transitive org.jspecify;
  requires transitive dev.aerostat.api;

  exports dev.aerostat.simulation;
}
