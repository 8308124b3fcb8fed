package dev.aerostat.simulation;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;

/** One call at a time, under somebody else's lock: the observer is not thread-safe. */
final class LockedMapper implements DmaMapper {
  private final DmaMapper mapper;
  private final Object lock;

  LockedMapper(DmaMapper mapper, Object lock) {
    this.mapper = mapper;
    this.lock = lock;
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
    synchronized (lock) {
      mapper.map(iova, host);
    }
  }

  @Override
  public long unmap(IovaRange iova) throws HostRefusedException {
    synchronized (lock) {
      return mapper.unmap(iova);
    }
  }

  @Override
  public long unmapAll() throws HostRefusedException {
    synchronized (lock) {
      return mapper.unmapAll();
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      mapper.close();
    }
  }
}
