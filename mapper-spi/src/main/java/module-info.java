/**
 * What a mapper plugin implements, and how one is found by name.
 *
 * <p>A plugin is a module that {@code provides} {@link dev.aerostat.mapper.spi.MapperProvider}.
 * This module {@code uses} that service, so whoever asks {@link
 * dev.aerostat.mapper.spi.MapperProvider#installed()} needs no {@code uses} clause of its own.
 */
@org.jspecify.annotations.NullMarked
module dev.aerostat.mapper.spi {
  requires static transitive org.jspecify;
  requires transitive dev.aerostat.api;

  exports dev.aerostat.mapper.spi;

  uses dev.aerostat.mapper.spi.MapperProvider;
}
