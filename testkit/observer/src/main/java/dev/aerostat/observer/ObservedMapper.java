package dev.aerostat.observer;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
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
    observer.mapAsked(iova, host);
    boolean unsure = true;
    try {
      mapper.map(iova, host);
      unsure = false;
    } catch (HostRefusedException refusal) {
      unsure = refusal.state() != HostRefusedException.State.UNCHANGED;
      throw refusal;
    } finally {
      if (unsure) {
        observer.leftUnsure(iova);
      }
    }
    observer.mapped(iova, lastCost.getAsLong());
  }

  @Override
  public long unmap(IovaRange iova) throws HostRefusedException {
    observer.unmapAsked(iova);
    return unmap(() -> mapper.unmap(iova), () -> observer.unmapped(iova));
  }

  @Override
  public long unmapAll() throws HostRefusedException {
    observer.unmapAllAsked();
    return unmap(mapper::unmapAll, observer::allUnmapped);
  }

  private static long unmap(Unmap call, Runnable done) throws HostRefusedException {
    try {
      long bytes = call.run();
      done.run();
      return bytes;
    } catch (HostRefusedException refusal) {
      // Short of a promise that nothing changed, nothing there can be relied on any more.
      if (refusal.state() != HostRefusedException.State.UNCHANGED
          || refusal.reason() instanceof RefusalCause.NotMapped) {
        done.run();
      }
      throw refusal;
    }
  }

  @Override
  public void close() {
    observer.unmapAllAsked();
    mapper.close();
    observer.allUnmapped();
  }

  private interface Unmap {
    long run() throws HostRefusedException;
  }
}
