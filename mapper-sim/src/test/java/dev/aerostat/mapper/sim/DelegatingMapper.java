package dev.aerostat.mapper.sim;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;

/** Does what another mapper does, but for what a subclass breaks. */
class DelegatingMapper implements DmaMapper {
  private final DmaMapper mapper;

  DelegatingMapper(DmaMapper mapper) {
    this.mapper = mapper;
  }

  @Override
  public MapperLimits limits() {
    return mapper.limits();
  }

  @Override
  public HostMemory hostMemory() {
    return mapper.hostMemory();
  }

  @Override
  public void map(IovaRange iova, HostAddress host) throws HostRefusedException {
    mapper.map(iova, host);
  }

  @Override
  public long unmap(IovaRange iova) throws HostRefusedException {
    return mapper.unmap(iova);
  }

  @Override
  public long unmapAll() throws HostRefusedException {
    return mapper.unmapAll();
  }

  @Override
  public void close() {
    mapper.close();
  }
}
