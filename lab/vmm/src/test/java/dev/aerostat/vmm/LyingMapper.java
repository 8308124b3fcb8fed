package dev.aerostat.vmm;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.testkit.ForwardingMapper;

/** Reports that it maps, and from some moment on does not. */
final class LyingMapper extends ForwardingMapper {
  private volatile boolean lying;

  LyingMapper(DmaMapper mapper) {
    super(mapper);
  }

  void lie() {
    lying = true;
  }

  @Override
  public void map(IovaRange iova, HostAddress host) throws HostRefusedException {
    if (!lying) {
      super.map(iova, host);
    }
  }

  /** What was never mapped is unmapped all the same, as far as the engine knows. */
  @Override
  public long unmap(IovaRange iova) throws HostRefusedException {
    long bytes = super.unmap(iova);
    return lying ? iova.length() : bytes;
  }
}
