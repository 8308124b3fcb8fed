package dev.aerostat.mapper.vfio.machine;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.testkit.ForwardingMapper;
import java.util.BitSet;

/** Keeps a record of what is mapped, and holds maps back while somebody looks. */
final class PausingMapper extends ForwardingMapper {
  private final BitSet mapped = new BitSet();
  private int pausedFrom;
  private boolean lying;

  PausingMapper(DmaMapper mapper) {
    super(mapper);
  }

  /** From so many mapped pages on, maps wait. */
  synchronized void pauseFrom(int pages) {
    pausedFrom = pages;
    notifyAll();
  }

  /** From now on it reports that it maps, and does not. */
  synchronized void lie() {
    lying = true;
  }

  /** Maps what nobody is told of. */
  synchronized void mapInSecret(IovaRange iova, HostAddress host) throws HostRefusedException {
    super.map(iova, host);
  }

  void pause() {
    pauseFrom(0);
  }

  synchronized int mappedPages() {
    return mapped.cardinality();
  }

  synchronized BitSet mapped() {
    return (BitSet) mapped.clone();
  }

  @Override
  public synchronized void map(IovaRange iova, HostAddress host) throws HostRefusedException {
    try {
      while (mapped.cardinality() >= pausedFrom) {
        wait();
      }
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      return;
    }
    if (!lying) {
      super.map(iova, host);
    }
    mapped.set((int) (iova.start() >> 12), (int) (iova.end() >> 12));
  }

  @Override
  public synchronized long unmap(IovaRange iova) throws HostRefusedException {
    long bytes = super.unmap(iova);
    mapped.clear((int) (iova.start() >> 12), (int) (iova.end() >> 12));
    return bytes;
  }

  @Override
  public synchronized long unmapAll() throws HostRefusedException {
    mapped.clear();
    return super.unmapAll();
  }
}
