package dev.aerostat.examples;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.testkit.MapperContract;

final class TableMapperTest extends MapperContract {
  @Override
  protected DmaMapper open(GuestMemory memory) throws HostRefusedException {
    return MapperProvider.named("table").orElseThrow().open(MapperRequest.of(memory));
  }
}
