package dev.aerostat.mapper.spi;

import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import java.util.ArrayList;
import java.util.List;

/**
 * Several mappers as one: for a guest with devices in several containers. A range is mapped in all
 * of them or in none.
 *
 * <p>Safe for use by several threads if its parts are; two calls for one range must not overlap in
 * time, which the engine sees to.
 */
public final class CompositeMapper implements DmaMapper {
  private final List<DmaMapper> parts;

  private CompositeMapper(List<DmaMapper> parts) {
    this.parts = parts;
  }

  /**
   * Puts mappers together. The composite owns them: closing it closes them.
   *
   * @param parts at least one, all mapping the same host memory
   * @return the composite
   * @throws IllegalArgumentException if there is none, or no address can be translated by all
   */
  public static CompositeMapper of(List<? extends DmaMapper> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a composite mapper needs at least one part");
    }
    var composite = new CompositeMapper(List.copyOf(parts));
    var _ = composite.limits();
    return composite;
  }

  @Override
  public MapperLimits limits() {
    return parts.stream().map(DmaMapper::limits).reduce(MapperLimits::intersect).orElseThrow();
  }

  /** Gives the host memory of the first part: all parts map the same. */
  @Override
  public HostMemory hostMemory() {
    return parts.getFirst().hostMemory();
  }

  @Override
  public void map(IovaRange iova, HostAddress host) throws HostRefusedException {
    for (int i = 0; i < parts.size(); i++) {
      try {
        parts.get(i).map(iova, host);
      } catch (HostRefusedException refusal) {
        rollBack(i, iova, refusal);
        throw refusal;
      }
    }
  }

  private void rollBack(int mapped, IovaRange iova, HostRefusedException refusal)
      throws HostRefusedException {
    for (int i = mapped - 1; i >= 0; i--) {
      try {
        long _ = parts.get(i).unmap(iova);
      } catch (HostRefusedException second) {
        HostRefusedException lost = lost(refusal);
        lost.addSuppressed(second);
        throw lost;
      }
    }
  }

  @Override
  public long unmap(IovaRange iova) throws HostRefusedException {
    return unmapEach(part -> part.unmap(iova));
  }

  @Override
  public long unmapAll() throws HostRefusedException {
    return unmapEach(DmaMapper::unmapAll);
  }

  private long unmapEach(Unmap unmap) throws HostRefusedException {
    long bytes = 0;
    var refusals = new ArrayList<HostRefusedException>();
    for (DmaMapper part : parts) {
      try {
        bytes = Math.max(bytes, unmap.on(part));
      } catch (HostRefusedException refusal) {
        refusals.add(refusal);
      }
    }
    if (!refusals.isEmpty()) {
      throw together(refusals);
    }
    return bytes;
  }

  /** Parts that refused and changed nothing are as before only if all did. */
  private HostRefusedException together(List<HostRefusedException> refusals) {
    boolean unchanged =
        refusals.size() == parts.size()
            && refusals.stream().allMatch(r -> r.state() == HostRefusedException.State.UNCHANGED);
    HostRefusedException first = refusals.getFirst();
    HostRefusedException thrown = unchanged ? first : lost(first);
    refusals.stream().skip(1).forEach(thrown::addSuppressed);
    return thrown;
  }

  private static HostRefusedException lost(HostRefusedException refusal) {
    var lost =
        new HostRefusedException(
            refusal.operation(),
            refusal.start(),
            refusal.bytes(),
            refusal.errno(),
            refusal.reason(),
            HostRefusedException.State.LOST);
    lost.initCause(refusal);
    return lost;
  }

  @Override
  public void close() {
    parts.forEach(DmaMapper::close);
  }

  private interface Unmap {
    long on(DmaMapper part) throws HostRefusedException;
  }
}
