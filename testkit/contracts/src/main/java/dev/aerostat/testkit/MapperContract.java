package dev.aerostat.testkit;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.mapper.contract.ClauseOutcome;
import dev.aerostat.mapper.contract.DmaReader;
import dev.aerostat.mapper.contract.MapperClause;
import dev.aerostat.mapper.contract.MapperSource;
import dev.aerostat.mapper.spi.DmaMapper;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every {@link DmaMapper} must do: each {@link MapperClause} as a test. Extend it, say how a
 * mapper is opened, and run the class with JUnit Jupiter:
 *
 * <pre>{@code
 * final class MyMapperTest extends MapperContract {
 *   @Override
 *   protected DmaMapper open(GuestMemory memory) {
 *     return new MyMapper(memory);
 *   }
 * }
 * }</pre>
 *
 * <p>Guest memory is {@value #MEMORY_BYTES} bytes, anonymous and populated. A clause opens its own
 * mapper, or one after the other, and closes it. What a host does in its own way is a method to
 * override: {@link #refusesEmptyUnmap()}, {@link #entriesWorthFilling()}, {@link #reader}.
 */
public abstract class MapperContract {
  /** Size of the guest memory that the tests map, in bytes. */
  public static final long MEMORY_BYTES = MapperClause.MEMORY_BYTES;

  /** For subclasses. */
  protected MapperContract() {}

  /**
   * Opens the mapper to be tested: nothing mapped yet, room for at least 32 mappings, the memory's
   * addresses translatable, and pages of 64 KiB at most.
   *
   * @param memory the guest's RAM; the same for all mappers
   * @return a mapper of its own, which the test closes
   * @throws HostRefusedException if the host refuses, which fails the test
   */
  protected abstract DmaMapper open(GuestMemory memory) throws HostRefusedException;

  /**
   * Returns whether an unmap of addresses where nothing is mapped is refused, as iommufd does. By
   * default it is not, as with type1v2.
   *
   * @return true if it is
   */
  protected boolean refusesEmptyUnmap() {
    return false;
  }

  /**
   * Returns how many mappings are worth making to meet the limit of entries. A host that has more
   * left is not filled up.
   *
   * @return 0 or more; 65,535 by default
   */
  protected long entriesWorthFilling() {
    return 65_535;
  }

  /**
   * Returns what reads memory through a mapper, as a device behind it would. Without it nobody can
   * see which memory is mapped, nor that it is mapped before {@code map} returns.
   *
   * @param mapper one that {@link #open} returned; it may be closed by the time memory is read, and
   *     then nothing is mapped
   * @return the reader; empty by default
   */
  protected Optional<DmaReader> reader(DmaMapper mapper) {
    return Optional.empty();
  }

  /**
   * Tries a clause. One that does not apply to this mapper passes.
   *
   * @param clause which
   */
  @ParameterizedTest(name = "{0}")
  @EnumSource
  public final void holds(MapperClause clause) {
    switch (clause.check(source())) {
      case ClauseOutcome.Passed _, ClauseOutcome.NotApplicable _ -> {}
      case ClauseOutcome.Failed(String what, Throwable cause) ->
          throw new AssertionError("%s: %s".formatted(clause.text(), what), cause);
    }
  }

  private MapperSource source() {
    return new MapperSource() {
      @Override
      public DmaMapper open(GuestMemory memory) throws HostRefusedException {
        return MapperContract.this.open(memory);
      }

      @Override
      public boolean refusesEmptyUnmap() {
        return MapperContract.this.refusesEmptyUnmap();
      }

      @Override
      public long entriesWorthFilling() {
        return MapperContract.this.entriesWorthFilling();
      }

      @Override
      public Optional<DmaReader> reader(DmaMapper mapper) {
        return MapperContract.this.reader(mapper);
      }
    };
  }
}
