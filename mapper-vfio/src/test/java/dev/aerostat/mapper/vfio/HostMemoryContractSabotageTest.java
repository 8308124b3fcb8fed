package dev.aerostat.mapper.vfio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.mapper.contract.ClauseOutcome;
import dev.aerostat.mapper.contract.HostMemoryClause;
import java.util.EnumSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A contract that cannot fail is none: each clause fails on the host memory it is there for. */
final class HostMemoryContractSabotageTest {
  @ParameterizedTest
  @EnumSource
  void aStrangersHostMemoryFailsTheClauseThatIsThereForIt(StrangersHostMemory wrong) {
    ClauseOutcome outcome = wrong.broken().check(_ -> wrong.memory());
    var failed = assertInstanceOf(ClauseOutcome.Failed.class, outcome);
    assertTrue(failed.what().matches("(?s).*expected .*saw.*"), failed::what);
  }

  @Test
  void everyClauseHasAHostMemoryThatBreaksIt() {
    assertEquals(
        EnumSet.allOf(HostMemoryClause.class),
        Stream.of(StrangersHostMemory.values())
            .map(StrangersHostMemory::broken)
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(HostMemoryClause.class))));
  }
}
