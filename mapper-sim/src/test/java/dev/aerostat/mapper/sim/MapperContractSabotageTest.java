package dev.aerostat.mapper.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.mapper.contract.ClauseOutcome;
import dev.aerostat.mapper.contract.DmaReader;
import dev.aerostat.mapper.contract.MapperClause;
import dev.aerostat.mapper.contract.MapperSource;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.testkit.ForwardingMapper;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A contract that cannot fail is none: every clause of it fails on the mapper it is there for, and
 * says in words what was seen.
 */
final class MapperContractSabotageTest {
  @ParameterizedTest
  @EnumSource
  void aWeakenedMapperFailsTheContract(Weakness weakness) {
    ClauseOutcome outcome = weakness.broken().check(weakness::weaken);
    var failed = assertInstanceOf(ClauseOutcome.Failed.class, outcome);
    assertTrue(failed.what().matches("(?s).*expected .*saw.*"), failed::what);
  }

  @ParameterizedTest
  @EnumSource
  void aStrangersMapperFailsTheContract(StrangersMapper wrong) {
    ClauseOutcome outcome = wrong.broken().check(new Strangers(wrong));
    var failed = assertInstanceOf(ClauseOutcome.Failed.class, outcome);
    assertTrue(failed.what().matches("(?s).*expected .*saw.*"), failed::what);
  }

  @Test
  void aFailedSequenceIsToldInAddressesAndAsFewCallsAsStillFail() {
    ClauseOutcome outcome =
        MapperClause.ANY_MAPS_AND_UNMAPS_DO_WHAT_A_SORTED_MAP_OF_MAPPINGS_DOES.check(
            new Strangers(StrangersMapper.IGNORES_THE_MEMORY_OF_RANDOM_CALLS));
    String what = assertInstanceOf(ClauseOutcome.Failed.class, outcome).what();
    assertTrue(what.matches(".*, after these calls: map \\[0x\\w+, 0x\\w+\\) to 0x\\w+"), what);
  }

  /** What is thrown is kept, and the calls before it that do not matter are left out. */
  @Test
  void anErrorOfAMapperIsToldWithItsCauseAfterTheThreeCallsThatBringItAbout() {
    var bug = new AssertionError("two at a time, expected in this test");
    ClauseOutcome outcome =
        MapperClause.ANY_MAPS_AND_UNMAPS_DO_WHAT_A_SORTED_MAP_OF_MAPPINGS_DOES.check(
            memory -> throwingAtAnUnmapOfTwo(memory, bug));
    var failed = assertInstanceOf(ClauseOutcome.Failed.class, outcome);
    String map = "map \\[0x\\w+, 0x\\w+\\) to 0x\\w+, ";
    assertTrue(
        failed
            .what()
            .matches(
                ".*saw java.lang.AssertionError: two at a time.*, after these calls: "
                    + map
                    + map
                    + "unmap \\[0x\\w+, 0x\\w+\\)"),
        failed::what);
    assertTrue(
        Stream.iterate(failed.cause(), cause -> cause != null, Throwable::getCause)
            .anyMatch(bug::equals));
  }

  private static DmaMapper throwingAtAnUnmapOfTwo(GuestMemory memory, Error bug) {
    var simulated = SimulatedMapper.open(SimulatedHost.typical(), MapperRequest.of(memory));
    return new ForwardingMapper(simulated) {
      private final List<IovaRange> mapped = new ArrayList<>();

      @Override
      public void map(IovaRange iova, HostAddress host) throws HostRefusedException {
        super.map(iova, host);
        mapped.add(iova);
      }

      @Override
      public long unmap(IovaRange iova) throws HostRefusedException {
        if (mapped.stream().filter(iova::encloses).count() == 2) {
          throw bug;
        }
        long bytes = super.unmap(iova);
        mapped.removeIf(iova::encloses);
        return bytes;
      }

      @Override
      public long unmapAll() throws HostRefusedException {
        mapped.clear();
        return super.unmapAll();
      }
    };
  }

  @Test
  void aFileThatEachMapperLeavesOpenIsNamed(@TempDir Path directory) throws IOException {
    Path file = Files.createFile(directory.resolve("left open"));
    var open = new ArrayList<Closeable>();
    try {
      ClauseOutcome outcome =
          MapperClause.A_CLOSED_MAPPER_LEAVES_NOTHING_BEHIND.check(
              memory -> {
                open.add(opened(file));
                return SimulatedMapper.open(SimulatedHost.typical(), MapperRequest.of(memory));
              });
      String what = assertInstanceOf(ClauseOutcome.Failed.class, outcome).what();
      assertTrue(what.contains("open files, each " + file.toRealPath()), what);
    } finally {
      for (Closeable each : open) {
        each.close();
      }
    }
  }

  private static Closeable opened(Path file) {
    try {
      return Files.newInputStream(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** A JVM opens jars when it likes: they are no mapper's. */
  @Test
  void jarsThatAreOpenedMeanwhileAreNoMappers(@TempDir Path directory) throws IOException {
    Path jar = Files.createFile(directory.resolve("late.jar"));
    var open = new ArrayList<Closeable>();
    try {
      ClauseOutcome outcome =
          MapperClause.A_CLOSED_MAPPER_LEAVES_NOTHING_BEHIND.check(
              memory -> {
                open.add(opened(jar));
                return SimulatedMapper.open(SimulatedHost.typical(), MapperRequest.of(memory));
              });
      assertFalse(outcome instanceof ClauseOutcome.Failed, outcome::toString);
    } finally {
      for (Closeable each : open) {
        each.close();
      }
    }
  }

  private record Strangers(StrangersMapper mapper) implements MapperSource {
    @Override
    public DmaMapper open(GuestMemory memory) {
      return mapper.open(memory);
    }

    @Override
    public Optional<DmaReader> reader(DmaMapper opened) {
      return Optional.of(((PageTableMapper) opened)::read);
    }
  }

  @Test
  void everyClauseOfTheContractHasAMapperThatBreaksIt() {
    assertEquals(
        EnumSet.allOf(MapperClause.class),
        Stream.concat(
                Stream.of(Weakness.values()).map(Weakness::broken),
                Stream.of(StrangersMapper.values()).map(StrangersMapper::broken))
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(MapperClause.class))));
  }
}
