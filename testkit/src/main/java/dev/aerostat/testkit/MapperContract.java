package dev.aerostat.testkit;

import static dev.aerostat.api.HostOperation.MAP;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Errno;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperLimits;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * What every {@link DmaMapper} must do. Extend it, say how a mapper is opened, and run the class
 * with the JUnit platform and jqwik's engine:
 *
 * <pre>{@code
 * final class MyMapperProperties extends MapperContract {
 *   @Override
 *   protected DmaMapper open(GuestMemory memory) {
 *     return new MyMapper(memory);
 *   }
 * }
 * }</pre>
 *
 * <p>Guest memory is {@value #MEMORY_BYTES} bytes, anonymous and populated. A test opens one mapper
 * and closes it; a property opens one a try. What a host does in its own way is a method to
 * override: {@link #refusesEmptyUnmap()}, {@link #entriesWorthFilling()}.
 */
public abstract class MapperContract {
  /** Size of the guest memory that the tests map, in bytes. */
  public static final long MEMORY_BYTES = 2 << 20;

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
   * Says whether an unmap of addresses where nothing is mapped is refused, as iommufd does. By
   * default it is not, as with type1v2.
   *
   * @return true if it is
   */
  protected boolean refusesEmptyUnmap() {
    return false;
  }

  /**
   * Says how many mappings are worth making to meet the limit of entries. A host that has more left
   * is not filled up.
   *
   * @return 0 or more; 65,535 by default
   */
  protected long entriesWorthFilling() {
    return 65_535;
  }

  @Example
  void whatWasMappedCanBeUnmapped() throws HostRefusedException {
    withMapper(
        subject -> {
          subject.map(0, 4);
          assertEquals(subject.bytes(4), subject.unmap(0, 4));
        });
  }

  @Example
  void whatWasUnmappedCanBeMappedAgain() throws HostRefusedException {
    withMapper(
        subject -> {
          subject.map(0, 4);
          subject.unmap(0, 4);
          subject.map(0, 4);
          subject.assertMapped(0, 4);
        });
  }

  @Example
  void aMapThatRepeatsAnotherIsRefused() throws HostRefusedException {
    withMapper(
        subject -> {
          subject.map(4, 4);
          subject.assertOverlap(4, 4);
          subject.assertMapped(4, 4);
        });
  }

  @Example
  void aMapThatOverlapsAnotherAnywhereIsRefusedAndChangesNothing() throws HostRefusedException {
    withMapper(
        subject -> {
          subject.map(4, 4);
          subject.assertOverlap(3, 2);
          subject.assertOverlap(7, 2);
          subject.assertOverlap(5, 2);
          subject.assertOverlap(2, 8);
          subject.assertMapped(4, 4);
          subject.assertNothingMapped(0, 16);
        });
  }

  @Example
  void mappingsMayTouch() throws HostRefusedException {
    withMapper(
        subject -> {
          subject.map(4, 4);
          subject.map(8, 4);
          subject.map(0, 4);
          subject.assertMapped(4, 4);
          subject.assertMapped(0, 4);
          subject.assertMapped(8, 4);
        });
  }

  @Example
  void theSameMemoryMayBeMappedAtTwoAddresses() throws HostRefusedException {
    withMapper(
        subject -> {
          subject.mapper().map(subject.iova(0, 4), subject.host(0));
          subject.mapper().map(subject.iova(8, 4), subject.host(0));
          assertEquals(subject.bytes(8), subject.unmap(0, 16));
        });
  }

  @Example
  void anUnmapThatCutsAMappingIsRefusedAndTheMappingStaysWhole() throws HostRefusedException {
    withMapper(
        subject -> {
          subject.map(4, 8);
          subject.assertSplit(4, 2);
          subject.assertSplit(10, 2);
          subject.assertSplit(6, 2);
          subject.assertSplit(0, 5);
          subject.assertSplit(11, 5);
          subject.assertMapped(4, 8);
        });
  }

  @Example
  void aRefusalSaysUnchangedOnlyIfNothingChanged() throws HostRefusedException {
    withMapper(
        subject -> {
          subject.map(0, 4);
          subject.map(4, 8);
          if (subject.assertSplit(0, 6).state() == HostRefusedException.State.UNCHANGED) {
            subject.assertMapped(0, 4);
          }
          subject.assertMapped(4, 8);
        });
  }

  @Example
  void oneUnmapTakesAwayManyWholeMappingsAndPassesOverGaps() throws HostRefusedException {
    withMapper(
        subject -> {
          subject.map(2, 1);
          subject.map(3, 4);
          subject.map(10, 2);
          subject.map(14, 1);
          assertEquals(subject.bytes(7), subject.unmap(0, 14));
          subject.assertMapped(14, 1);
          subject.assertNothingMapped(0, 16);
        });
  }

  @Example
  void unmapOfWhatIsNotMappedDoesWhatTheHostDoes() throws HostRefusedException {
    withMapper(
        subject -> {
          subject.map(8, 2);
          subject.assertNothingMapped(0, 8);
          subject.assertMapped(8, 2);
          subject.assertNothingMapped(8, 2);
        });
  }

  @Example
  void unmapAllTakesAwayEverythingAndMayFindNothing() throws HostRefusedException {
    withMapper(
        subject -> {
          assertEquals(0, subject.mapper().unmapAll());
          subject.map(0, 2);
          subject.map(5, 3);
          assertEquals(subject.bytes(5), subject.mapper().unmapAll());
          subject.assertNothingMapped(0, 16);
          assertEquals(0, subject.mapper().unmapAll());
        });
  }

  @Example
  void addressesOutsideTheIovaRangesAreRefused() throws HostRefusedException {
    withMapper(
        subject -> {
          MapperLimits limits = subject.mapper().limits();
          for (IovaRange range : limits.iovaRanges()) {
            long page = subject.bytes(1);
            var across = new IovaRange(range.end() - page, range.end() + page);
            HostRefusedException refusal =
                subject.assertRefused(
                    MAP, RefusalCause.IovaHole.class, m -> m.map(across, subject.host(0)));
            var cause = (RefusalCause.IovaHole) refusal.reason();
            assertEquals(range.end(), cause.hole().start(), "start of the hole");
            subject.mapper().map(IovaRange.ofLength(range.end() - page, page), subject.host(0));
          }
          assertEquals(subject.bytes(limits.iovaRanges().size()), subject.mapper().unmapAll());
        });
  }

  @Example
  void addressesBetweenTheSmallestPagesAreRefused() throws HostRefusedException {
    withMapper(
        subject -> {
          if (subject.bytes(1) > 4096) {
            IovaRange whole = subject.iova(0, 2);
            var odd = new IovaRange(whole.start() + 4096, whole.end());
            subject.assertRefused(
                MAP, RefusalCause.Misaligned.class, m -> m.map(odd, subject.host(0)));
            subject.assertRefused(
                MAP, RefusalCause.Misaligned.class, m -> m.map(whole, subject.host(0).plus(4096)));
            subject.assertNothingMapped(0, 4);
          }
        });
  }

  @Example
  void aMapThatFailsIsRolledBackWhole() throws HostRefusedException {
    withMapper(
        subject -> {
          long entries = subject.mapper().limits().entriesLeft();
          HostRefusedException refusal =
              subject.assertRefused(
                  MAP,
                  RefusalCause.BadHostAddress.class,
                  m -> m.map(subject.iova(0, 4), MapperSubject.NOWHERE));
          assertEquals(HostRefusedException.State.UNCHANGED, refusal.state());
          assertEquals(entries, subject.mapper().limits().entriesLeft());
          subject.assertNothingMapped(0, 4);
          subject.map(0, 4);
          subject.assertMapped(0, 4);
        });
  }

  @Example
  void eachMappingTakesOneEntryAndGivesItBack() throws HostRefusedException {
    withMapper(
        subject -> {
          subject.assertEntriesTaken(0);
          subject.map(0, 1);
          subject.map(1, 8);
          subject.assertEntriesTaken(2);
          subject.assertOverlap(1, 8);
          subject.assertEntriesTaken(2);
          subject.unmap(0, 16);
          subject.assertEntriesTaken(0);
        });
  }

  @Example
  void asManyMappingsFitAsTheLimitSaysAndNotOneMore() throws HostRefusedException {
    withMapper(
        subject -> {
          long entries = subject.mapper().limits().entriesLeft();
          if (entries > entriesWorthFilling()) {
            return;
          }
          for (long i = 0; i < entries; i++) {
            subject.mapper().map(subject.faraway(i), subject.host(0));
          }
          assertEquals(0, subject.mapper().limits().entriesLeft());
          HostRefusedException refusal =
              subject.assertRefused(
                  MAP,
                  RefusalCause.EntryLimit.class,
                  m -> m.map(subject.faraway(entries), subject.host(0)));
          assertEquals(Errno.ENOSPC, refusal.errno());
          assertEquals(subject.bytes(1), subject.mapper().unmap(subject.faraway(entries / 2)));
          subject.mapper().map(subject.faraway(entries), subject.host(0));
        });
  }

  @Example
  void populatedMemoryKeepsItsContentAndCanBeMapped() throws HostRefusedException {
    withMapper(
        subject -> {
          subject.write(0, 42L);
          subject.mapper().hostMemory().populate(subject.host(0), subject.bytes(4));
          assertEquals(42L, subject.read(0));
          subject.map(0, 4);
          subject.mapper().hostMemory().populate(subject.host(0), subject.bytes(4));
          assertEquals(42L, subject.read(0));
          subject.assertMapped(0, 4);
        });
  }

  @Example
  void mapsFromManyThreadsAllHappen() throws HostRefusedException {
    withMapper(
        subject -> {
          List<MapperSubject.Outcome> outcomes =
              subject.race(
                  16, (mapper, i) -> mapper.map(subject.iova(2 * i, 2), subject.host(2 * i)));
          assertTrue(
              outcomes.stream().allMatch(MapperSubject.Outcome::done),
              () -> "outcomes " + outcomes);
          assertEquals(subject.bytes(32), subject.mapper().unmapAll());
        });
  }

  @Example
  void ofManyMapsOfOneRangeAtATimeExactlyOneHappens() throws HostRefusedException {
    withMapper(
        subject -> {
          List<MapperSubject.Outcome> outcomes =
              subject.race(8, (mapper, _) -> mapper.map(subject.iova(0, 4), subject.host(0)));
          assertEquals(
              1,
              outcomes.stream().filter(MapperSubject.Outcome::done).count(),
              "maps that happened");
          subject.assertMapped(0, 4);
        });
  }

  @Example
  void closingTwiceIsClosingOnce() throws HostRefusedException {
    withMapper(
        subject -> {
          subject.map(0, 4);
          subject.mapper().close();
          assertDoesNotThrow(() -> subject.mapper().close());
        });
  }

  @Example
  void aClosedMapperRefusesToWork() throws HostRefusedException {
    withMapper(
        subject -> {
          DmaMapper mapper = subject.mapper();
          mapper.close();
          HostAddress host = subject.host(0);
          assertThrows(IllegalStateException.class, () -> mapper.map(subject.iova(0, 1), host));
          assertThrows(IllegalStateException.class, () -> mapper.unmap(subject.iova(0, 1)));
          assertThrows(IllegalStateException.class, mapper::unmapAll);
        });
  }

  @Property(tries = 200)
  void anyMapsAndUnmapsDoWhatASortedMapOfMappingsDoes(@ForAll("calls") List<MapperCall> calls)
      throws HostRefusedException {
    withMapper(
        subject -> {
          var model = new MapperModel(subject);
          for (MapperCall call : calls) {
            model.make(call);
          }
          model.assertSame();
        });
  }

  @Provide
  Arbitrary<List<MapperCall>> calls() {
    return MapperCall.within(MapperSubject.PAGES).list().ofMaxSize(40);
  }

  private void withMapper(Check check) throws HostRefusedException {
    try (DmaMapper mapper = open(MapperSubject.MEMORY)) {
      check.of(new MapperSubject(mapper, refusesEmptyUnmap()));
    }
  }

  private interface Check {
    void of(MapperSubject subject) throws HostRefusedException;
  }
}
