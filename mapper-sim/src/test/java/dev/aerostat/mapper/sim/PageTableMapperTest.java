package dev.aerostat.mapper.sim;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.mapper.contract.DmaReader;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.testkit.MapperContract;
import java.util.Optional;

/** What the contract is broken with is whole before it is broken. */
final class PageTableMapperTest extends MapperContract {
  @Override
  protected DmaMapper open(GuestMemory memory) {
    return new PageTableMapper(memory);
  }

  @Override
  protected Optional<DmaReader> reader(DmaMapper mapper) {
    return Optional.of(((PageTableMapper) mapper)::read);
  }
}
