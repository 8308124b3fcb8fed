package dev.aerostat.mapper.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.mapper.contract.ClauseOutcome;
import dev.aerostat.mapper.contract.MapperClause;
import java.util.EnumSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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

  @Test
  void everyClauseOfTheContractHasAMapperThatBreaksIt() {
    assertEquals(
        EnumSet.allOf(MapperClause.class),
        Stream.of(Weakness.values())
            .map(Weakness::broken)
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(MapperClause.class))));
  }
}
