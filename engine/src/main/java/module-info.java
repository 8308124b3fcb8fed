/**
 * Asynchronous DMA map: the handle a VMM holds, the state machine behind it, and its threads.
 *
 * <p>It is handed a mapper, found through {@code dev.aerostat.mapper.spi}, and gives the VMM a
 * balloon device to put on its bus. {@link dev.aerostat.engine.AsyncDmaMap} is the way in without
 * Dagger, {@link dev.aerostat.engine.dagger.AsyncDmaMapModule} the way in with it.
 */
@org.jspecify.annotations.NullMarked
module dev.aerostat.engine {
  requires static transitive org.jspecify;
  requires transitive dev.aerostat.api;
  requires transitive dev.aerostat.balloon.virtio;
  requires transitive dev.aerostat.mapper.spi;
  requires dev.aerostat.tracker;
  requires dagger;
  requires jakarta.inject;
  requires static java.compiler;

  exports dev.aerostat.engine;
  exports dev.aerostat.engine.core;
  exports dev.aerostat.engine.dagger;
}
