/**
 * How the modules are used, in code that runs: a VMM, a tracker of one's own, a mapper plugin.
 *
 * <p>To be read and copied from; nothing depends on it.
 *
 * @provides dev.aerostat.mapper.spi.MapperProvider
 */
@org.jspecify.annotations.NullMarked
module dev.aerostat.examples {
  requires static transitive org.jspecify;
  requires transitive dev.aerostat.api;
  requires transitive dev.aerostat.balloon.virtio;
  requires transitive dev.aerostat.engine;
  requires transitive dev.aerostat.guest.sim;
  requires transitive dev.aerostat.mapper.spi;
  requires transitive dev.aerostat.mapper.vfio;
  requires dev.aerostat.memory.linux;
  requires transitive dev.aerostat.virtio;

  exports dev.aerostat.examples;

  provides dev.aerostat.mapper.spi.MapperProvider with
      dev.aerostat.examples.TableMapperProvider;
}
