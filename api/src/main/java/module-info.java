/**
 * The value types and contracts that every other Aerostat module speaks in.
 *
 * <p>It uses no other module of Aerostat and provides no service: a tracker is handed to the engine
 * by whoever builds it, a mapper is found through {@code dev.aerostat.mapper.spi}.
 */
@org.jspecify.annotations.NullMarked
module dev.aerostat.api {
  requires static transitive org.jspecify;

  exports dev.aerostat.api;
}
