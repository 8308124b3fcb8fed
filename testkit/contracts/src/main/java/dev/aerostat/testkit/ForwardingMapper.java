package dev.aerostat.testkit;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;

/**
 * A mapper that does what another does: what a test starts from that holds a call up, counts calls,
 * or breaks a rule to see that its checks find it.
 *
 * <p>Each method throws what the other throws. As safe for use by threads as the other.
 */
public abstract class ForwardingMapper implements DmaMapper {
  /** The mapper that maps. */
  protected final DmaMapper delegate;

  /**
   * Forwards to another mapper.
   *
   * @param delegate the mapper that maps; closed with this
   */
  protected ForwardingMapper(DmaMapper delegate) {
    this.delegate = delegate;
  }

  @Override
  public MapperLimits limits() {
    return delegate.limits();
  }

  @Override
  public HostMemory hostMemory() {
    return delegate.hostMemory();
  }

  @Override
  public void map(IovaRange iova, HostAddress host) throws HostRefusedException {
    delegate.map(iova, host);
  }

  @Override
  public long unmap(IovaRange iova) throws HostRefusedException {
    return delegate.unmap(iova);
  }

  @Override
  public long unmapAll() throws HostRefusedException {
    return delegate.unmapAll();
  }

  @Override
  public void close() {
    delegate.close();
  }
}
