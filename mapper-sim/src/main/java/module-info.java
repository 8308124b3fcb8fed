/**
 * A host in software: the rules by which Linux maps memory for devices, and what mapping and
 * populating cost, without a device, an IOMMU or a privilege.
 *
 * <p>Provides the mapper {@code sim} ({@link dev.aerostat.mapper.sim.SimulatedMapperProvider}), and
 * exports it for simulations and tests that set the host up in code.
 *
 * @provides dev.aerostat.mapper.spi.MapperProvider
 */
@org.jspecify.annotations.NullMarked
module dev.aerostat.mapper.sim {
  requires static transitive org.jspecify;
  requires transitive dev.aerostat.mapper.spi;

  exports dev.aerostat.mapper.sim;

  provides dev.aerostat.mapper.spi.MapperProvider with
      dev.aerostat.mapper.sim.SimulatedMapperProvider;
}
