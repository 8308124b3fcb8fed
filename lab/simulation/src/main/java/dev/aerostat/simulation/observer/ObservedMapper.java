package dev.aerostat.simulation.observer;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import java.util.function.LongSupplier;

/** Shows the observer all calls on a mapper and passes them on, legal or not. */
final class ObservedMapper implements DmaMapper {
  private final DmaMapper mapper;
  private final Observer observer;
  private final LongSupplier lastCost;

  ObservedMapper(DmaMapper mapper, Observer observer, LongSupplier lastCost) {
    this.mapper = mapper;
    this.observer = observer;
    this.lastCost = lastCost;
  }

  @Override
  public MapperLimits limits() {
    return mapper.limits();
  }

  @Override
  public HostMemory hostMemory() {
    return observer.observe(mapper.hostMemory());
  }

  @Override
  public void map(IovaRange iova, HostAddress host) throws HostRefusedException {
    MappingRules rules = observer.mappingRules();
    rules.checkMap(iova, host);
    mapper.map(iova, host);
    rules.mapped(iova, observer.now() + lastCost.getAsLong());
  }

  @Override
  public long unmap(IovaRange iova) throws HostRefusedException {
    MappingRules rules = observer.mappingRules();
    rules.checkUnmap(iova);
    return unmap(() -> mapper.unmap(iova), rules.unmapFirst(iova), rules.unmapEnd(iova));
  }

  @Override
  public long unmapAll() throws HostRefusedException {
    return unmap(mapper::unmapAll, 0, observer.mappingRules().pages());
  }

  private long unmap(Unmap call, long first, long end) throws HostRefusedException {
    observer.checkUnmap(first, end);
    try {
      long bytes = call.run();
      observer.mappingRules().unmapped(first, end);
      return bytes;
    } catch (HostRefusedException refusal) {
      // Short of a promise that nothing changed, nothing there can be relied on any more.
      if (refusal.state() != HostRefusedException.State.UNCHANGED) {
        observer.mappingRules().unmapped(first, end);
      }
      throw refusal;
    }
  }

  @Override
  public void close() {
    MappingRules rules = observer.mappingRules();
    observer.checkUnmap(0, rules.pages());
    mapper.close();
    rules.unmapped(0, rules.pages());
  }

  private interface Unmap {
    long run() throws HostRefusedException;
  }
}
