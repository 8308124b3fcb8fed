package dev.aerostat.bench;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.IovaRange;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import java.util.List;

/** A mapper that does nothing, at once, and keeps no books: what is held is the engine's. */
record InstantMapper(long bytes) implements DmaMapper, HostMemory {
  private static final long PAGE = 4096;

  InstantMapper(GuestMemory memory) {
    this(memory.endPage() * PAGE);
  }

  @Override
  public MapperLimits limits() {
    return new MapperLimits(
        PAGE, MapperLimits.UNLIMITED, List.of(IovaRange.ofLength(0, bytes)), true);
  }

  @Override
  public HostMemory hostMemory() {
    return this;
  }

  @Override
  public void populate(HostAddress start, long length) {}

  @Override
  public void discard(HostAddress start, long length) {}

  @Override
  public void map(IovaRange iova, HostAddress host) {}

  @Override
  public long unmap(IovaRange iova) {
    return iova.length();
  }

  @Override
  public long unmapAll() {
    return bytes;
  }

  @Override
  public void close() {}
}
