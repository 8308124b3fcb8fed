/**
 * The balloon tracker: which pages of a guest are ballooned, and in which order its granules were
 * inflated.
 *
 * <p>Its one exported class implements {@link dev.aerostat.api.BalloonTracker}; {@code
 * dev.aerostat.testkit} has the contract that it and any other tracker must keep.
 */
@org.jspecify.annotations.NullMarked
module dev.aerostat.tracker {
  requires static transitive org.jspecify;
  requires transitive dev.aerostat.api;

  exports dev.aerostat.tracker;
}
