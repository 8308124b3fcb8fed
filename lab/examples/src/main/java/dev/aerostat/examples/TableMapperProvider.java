package dev.aerostat.examples;

import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperAvailability;
import dev.aerostat.mapper.spi.MapperName;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.mapper.spi.MapperRequest;

/**
 * A mapper plugin, found by the name {@code table}: for a device that the VMM emulates, which looks
 * addresses up in a table of its own where a real one has an IOMMU.
 *
 * <p>The module descriptor provides it to the module path, {@code META-INF/services} to the class
 * path. Safe for use by any thread.
 */
@MapperName("table")
public final class TableMapperProvider implements MapperProvider {
  /** Creates the provider, as ServiceLoader does. */
  public TableMapperProvider() {}

  /** {@inheritDoc} Always available. */
  @Override
  public MapperAvailability availability() {
    return new MapperAvailability.Available("a table in this process, no device needed");
  }

  /** {@inheritDoc} It knows no option and never refuses. */
  @Override
  public DmaMapper open(MapperRequest request) {
    if (!request.options().isEmpty()) {
      throw new IllegalArgumentException(
          "mapper 'table' has no options, but was given " + request.options());
    }
    return new TableMapper(request.memory());
  }
}
