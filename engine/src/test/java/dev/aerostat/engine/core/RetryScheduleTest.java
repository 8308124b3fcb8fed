package dev.aerostat.engine.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetryScheduleTest {
  @Test
  void aRestDoublesFromTenMillisecondsToAboutASecond() {
    assertEquals(10_000_000, RetrySchedule.restNanos(1));
    assertEquals(20_000_000, RetrySchedule.restNanos(2));
    assertEquals(1_280_000_000, RetrySchedule.restNanos(8));
    assertEquals(1_280_000_000, RetrySchedule.restNanos(9));
    assertEquals(1_280_000_000, RetrySchedule.restNanos(Integer.MAX_VALUE));
  }

  @Test
  void refusalsAreCountedInARowAndForEachGranule() {
    var retries = new RetrySchedule();
    assertEquals(1, retries.refused(7));
    assertEquals(2, retries.refused(7));
    assertEquals(1, retries.refused(3));
    retries.succeeded(7);
    assertEquals(1, retries.refused(7));
  }

  @Test
  void refusedGranulesAreVisitedInOrderOfAddress() {
    var retries = new RetrySchedule();
    List.of(9, 2, 5).forEach(retries::refused);
    retries.succeeded(2);
    List<Integer> visited = new ArrayList<>();
    retries.forEachRefused(visited::add);
    assertEquals(List.of(5, 9), visited);
  }

  @Test
  void whatHasRestedLongestIsNext() {
    var retries = new RetrySchedule();
    retries.rested(4);
    retries.rested(1);
    assertEquals(4, retries.nextRested());
    assertEquals(1, retries.nextRested());
    assertFalse(retries.hasRested());
  }
}
