/** A tracker of somebody's. */
module com.example.tracker {
  requires transitive dev.aerostat.api;

  exports com.example.tracker;
}
