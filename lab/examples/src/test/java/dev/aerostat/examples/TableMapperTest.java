package dev.aerostat.examples;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.mapper.contract.DmaReader;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.testkit.MapperContract;
import java.util.Optional;

final class TableMapperTest extends MapperContract {
  @Override
  protected DmaMapper open(GuestMemory memory) throws HostRefusedException {
    return MapperProvider.named("table").orElseThrow().open(MapperRequest.of(memory));
  }

  @Override
  protected Optional<DmaReader> reader(DmaMapper mapper) {
    return Optional.of(((TableMapper) mapper)::read);
  }
}
