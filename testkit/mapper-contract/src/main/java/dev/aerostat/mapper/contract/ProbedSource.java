package dev.aerostat.mapper.contract;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import java.util.Optional;

/**
 * A source whose host nobody knows: what that does in its own way is seen from a first mapper.
 *
 * <p>Immutable.
 */
public final class ProbedSource implements MapperSource {
  private final MapperSource source;
  private final MapperLimits limits;
  private final boolean refusesEmptyUnmap;

  private ProbedSource(MapperSource source, MapperLimits limits, boolean refusesEmptyUnmap) {
    this.source = source;
    this.limits = limits;
    this.refusesEmptyUnmap = refusesEmptyUnmap;
  }

  /**
   * Opens a mapper, looks, and closes it.
   *
   * @param source opens mappers
   * @return the source with what was seen
   * @throws HostRefusedException if the host refuses to open one
   */
  public static ProbedSource probe(MapperSource source) throws HostRefusedException {
    try (var subject = MapperSubject.of(source)) {
      return new ProbedSource(source, subject.mapper().limits(), refusesEmptyUnmap(subject));
    }
  }

  private static boolean refusesEmptyUnmap(MapperSubject subject) {
    try {
      long _ = subject.unmap(0, 1);
      return false;
    } catch (HostRefusedException refusal) {
      return refusal.reason() instanceof RefusalCause.NotMapped;
    }
  }

  /**
   * Returns the limits of the first mapper.
   *
   * @return as they were before anything was mapped
   */
  public MapperLimits limits() {
    return limits;
  }

  @Override
  public boolean refusesEmptyUnmap() {
    return refusesEmptyUnmap;
  }

  @Override
  public long entriesWorthFilling() {
    return source.entriesWorthFilling();
  }

  @Override
  public Optional<DmaReader> reader(DmaMapper mapper) {
    return source.reader(mapper);
  }

  @Override
  public DmaMapper open(GuestMemory memory) throws HostRefusedException {
    return source.open(memory);
  }
}
