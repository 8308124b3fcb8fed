package dev.aerostat.simulation;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.Pages;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Takes the time of a real mapper's calls. Safe for use by several threads, as the mapper is. */
final class TimedMapper implements DmaMapper {
  private final DmaMapper mapper;
  private final AtomicLong mappedBytes = new AtomicLong();
  private final LongAdder mapCalls = new LongAdder();
  private final LongAdder mapNanos = new LongAdder();
  private final LongAdder populateNanos = new LongAdder();

  TimedMapper(DmaMapper mapper) {
    this.mapper = mapper;
  }

  long mappedPages() {
    return Pages.ofBytes(mappedBytes.get());
  }

  HostTimes costs() {
    return new HostTimes(mapCalls.sum(), mapNanos.sum(), populateNanos.sum());
  }

  @Override
  public MapperLimits limits() {
    return mapper.limits();
  }

  @Override
  public HostMemory hostMemory() {
    return new TimedMemory(mapper.hostMemory());
  }

  @Override
  public void map(IovaRange iova, HostAddress host) throws HostRefusedException {
    mapCalls.increment();
    long start = System.nanoTime();
    try {
      mapper.map(iova, host);
      long _ = mappedBytes.addAndGet(iova.length());
    } finally {
      mapNanos.add(System.nanoTime() - start);
    }
  }

  @Override
  public long unmap(IovaRange iova) throws HostRefusedException {
    return taken(mapper.unmap(iova));
  }

  @Override
  public long unmapAll() throws HostRefusedException {
    return taken(mapper.unmapAll());
  }

  private long taken(long bytes) {
    long _ = mappedBytes.addAndGet(-bytes);
    return bytes;
  }

  @Override
  public void close() {
    mapper.close();
  }

  private final class TimedMemory implements HostMemory {
    private final HostMemory memory;

    TimedMemory(HostMemory memory) {
      this.memory = memory;
    }

    @Override
    public void populate(HostAddress start, long bytes) throws HostRefusedException {
      long began = System.nanoTime();
      try {
        memory.populate(start, bytes);
      } finally {
        populateNanos.add(System.nanoTime() - began);
      }
    }

    @Override
    public void discard(HostAddress start, long bytes) throws HostRefusedException {
      memory.discard(start, bytes);
    }
  }
}
