/**
 * Boots, comparisons and replays on a virtual clock, replays in real time, judged by the observer.
 */
@org.jspecify.annotations.NullMarked
module dev.aerostat.simulation {
  requires static transitive org.jspecify;
  requires transitive dev.aerostat.api;
  requires dev.aerostat.balloon.virtio;
  requires dev.aerostat.engine;
  requires transitive dev.aerostat.guest.sim;
  requires dev.aerostat.mapper.spi;
  requires dev.aerostat.mem.virtio;
  requires dev.aerostat.memory.linux;
  requires dev.aerostat.observer;
  requires dev.aerostat.tracker;
  requires dev.aerostat.virtio;

  exports dev.aerostat.simulation;
}
