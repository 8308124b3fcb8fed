package dev.aerostat.cli.serve;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import java.lang.System.Logger.Level;

/**
 * A mapper whose devices outlive a guest: an engine that closes it unmaps everything, and the next
 * engine finds it as new.
 */
record KeptMapper(DmaMapper mapper) implements DmaMapper {
  private static final System.Logger LOG = System.getLogger("dev.aerostat.cli");

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
    try {
      long _ = mapper.unmapAll();
    } catch (HostRefusedException | IllegalStateException gone) {
      LOG.log(
          Level.WARNING, "memory of a guest that has gone stays mapped: {0}", gone.getMessage());
    }
  }
}
