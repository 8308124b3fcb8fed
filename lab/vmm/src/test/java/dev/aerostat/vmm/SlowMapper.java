package dev.aerostat.vmm;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.mapper.spi.CostMeter;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.testkit.ForwardingMapper;

/**
 * Maps, and takes longer by so much a byte: a small guest is mapped as slowly as a large one. One
 * map at a time, as with VFIO's type1.
 */
final class SlowMapper extends ForwardingMapper {
  private final CostMeter meter = CostMeter.realTime();
  private final double nanosPerByte;

  SlowMapper(DmaMapper mapper, double secondsPerGib) {
    super(mapper);
    nanosPerByte = secondsPerGib * 1e9 / (1L << 30);
  }

  @Override
  public synchronized void map(IovaRange iova, HostAddress host) throws HostRefusedException {
    super.map(iova, host);
    meter.spend((long) (iova.length() * nanosPerByte));
  }
}
