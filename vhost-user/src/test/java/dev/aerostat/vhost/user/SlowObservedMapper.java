package dev.aerostat.vhost.user;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.mapper.sim.SimulatedMapper;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import dev.aerostat.observer.Observer;
import dev.aerostat.testkit.ForwardingMapper;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A simulated mapper as slow as a test wants, and the observer told of it by whichever thread
 * calls: of a mapping once it is there, of its end just before.
 */
final class SlowObservedMapper extends ForwardingMapper {
  private final SimulatedMapper mapper;
  private final Observer observer;
  private final DmaMapper witness;
  private final Supplier<MapperSabotage> sabotage;
  private volatile long delayMillis;

  SlowObservedMapper(SimulatedMapper mapper, Observer observer, Supplier<MapperSabotage> sabotage) {
    super(mapper);
    this.mapper = mapper;
    this.observer = observer;
    this.sabotage = sabotage;
    this.witness = observer.observe(new Witness(mapper.limits()), () -> 0);
  }

  void delay(long millis) {
    delayMillis = millis;
  }

  SimulatedMapper simulated() {
    return mapper;
  }

  @Override
  public void map(IovaRange iova, HostAddress host) throws HostRefusedException {
    if (sabotage.get() != MapperSabotage.ACKNOWLEDGE_BEFORE_MAP) {
      mapSlowly(iova, host);
    }
  }

  private void mapSlowly(IovaRange iova, HostAddress host) throws HostRefusedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
    while (System.nanoTime() - end < 0) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
    super.map(iova, host);
    synchronized (observer) {
      witness.map(iova, host);
    }
  }

  @Override
  public long unmap(IovaRange iova) throws HostRefusedException {
    synchronized (observer) {
      long _ = witness.unmap(iova);
    }
    return super.unmap(iova);
  }

  @Override
  public long unmapAll() throws HostRefusedException {
    synchronized (observer) {
      long _ = witness.unmapAll();
    }
    return super.unmapAll();
  }

  @Override
  public void close() {
    synchronized (observer) {
      witness.close();
    }
    super.close();
  }

  /** Does nothing: the observer's decorator around it sees what is done elsewhere. */
  private record Witness(MapperLimits limits) implements DmaMapper {
    @Override
    public HostMemory hostMemory() {
      throw new UnsupportedOperationException("the witness has no memory");
    }

    @Override
    public void map(IovaRange iova, HostAddress host) {}

    @Override
    public long unmap(IovaRange iova) {
      return iova.length();
    }

    @Override
    public long unmapAll() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
