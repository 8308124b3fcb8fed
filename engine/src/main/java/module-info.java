/**
 * Asynchronous DMA map: the handle a VMM holds, the state machine behind it, and its threads.
 *
 * <p>The VMM brings a mapper, found through {@code dev.aerostat.mapper.spi}, and puts a balloon
 * device, a virtio-mem device or both on its bus. {@link dev.aerostat.engine.AsyncDmaMap} is the
 * way in without Dagger, {@link dev.aerostat.engine.dagger.AsyncDmaMapModule} the way in with it.
 */
@SuppressWarnings("module") // The module of the qualified exports is compiled after this one.
@org.jspecify.annotations.NullMarked
module dev.aerostat.engine {
  requires static transitive org.jspecify;
  requires transitive dev.aerostat.api;
  requires transitive dev.aerostat.balloon.virtio;
  requires transitive dev.aerostat.mapper.spi;
  requires transitive dev.aerostat.mem.virtio;
  requires transitive dev.aerostat.virtio;
  requires dev.aerostat.tracker;
  requires dagger;
  requires jdk.jfr;
  requires jakarta.inject;
  requires static java.compiler;

  exports dev.aerostat.engine;
  exports dev.aerostat.engine.dagger;
  exports dev.aerostat.engine.core to
      dev.aerostat.simulation;
  exports dev.aerostat.engine.events to
      dev.aerostat.simulation;
  exports dev.aerostat.engine.turn to
      dev.aerostat.simulation;
}
