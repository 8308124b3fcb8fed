package dev.aerostat.mapper.sim;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.testkit.MapperContract;

final class Type1MapperTest extends MapperContract {
  @Override
  protected DmaMapper open(GuestMemory memory) {
    return SimulatedMapper.open(
        SimulatedHost.typical().withDmaEntryLimit(100), MapperRequest.of(memory));
  }
}
