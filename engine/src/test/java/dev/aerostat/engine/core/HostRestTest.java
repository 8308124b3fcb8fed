package dev.aerostat.engine.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.RefusalCause;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostRestTest {
  private static final RefusalCause HOST = new RefusalCause.MemoryLockLimit(1 << 20, 2 << 20);
  private static final RefusalCause RANGE = new RefusalCause.BadHostAddress();

  private final List<Long> rests = new ArrayList<>();
  private final HostRest host =
      new HostRest(
          new IdleCommands() {
            @Override
            public void startTimer(int id, long nanos) {
              assertEquals(HostRest.TIMER, id);
              rests.add(nanos);
            }
          });

  private void refuse(RefusalCause cause, int times) {
    for (int i = 0; i < times; i++) {
      host.refused(cause);
    }
  }

  @Test
  void fourRefusalsInARowForOneCauseRestTheHost() {
    refuse(HOST, 3);
    assertFalse(host.isResting() || host.isTrying());
    refuse(HOST, 1);
    assertTrue(host.isResting() && host.isTrying());
    assertEquals(List.of(10_000_000L), rests);
  }

  @Test
  void aMapThatSucceedsOrAnotherCauseBeginsTheRowAnew() {
    refuse(HOST, 3);
    host.succeeded();
    refuse(HOST, 3);
    refuse(RANGE, 3);
    assertFalse(host.isResting());
    assertEquals(List.of(), rests);
  }

  @Test
  void aTryThatIsRefusedRestsTheHostForTwiceAsLongUpToAboutASecond() {
    refuse(HOST, 4);
    for (int i = 0; i < 9; i++) {
      host.ended();
      assertTrue(host.isTrying() && !host.isResting());
      refuse(HOST, 1);
    }
    assertEquals(
        List.of(10L, 20L, 40L, 80L, 160L, 320L, 640L, 1280L, 1280L, 1280L),
        rests.stream().map(nanos -> nanos / 1_000_000).toList());
  }

  @Test
  void whatWasUnderWayWhenTheRestBeganDoesNotMakeItLonger() {
    refuse(HOST, 40);
    host.ended();
    refuse(HOST, 1);
    assertEquals(List.of(10_000_000L, 20_000_000L), rests);
  }

  @Test
  void aCauseThatConcernsOneRangeRestsTheHostBrieflyHoweverOftenItComes() {
    refuse(RANGE, 4);
    for (int i = 0; i < 5; i++) {
      host.ended();
      refuse(RANGE, 1);
    }
    assertEquals(List.of(10_000_000L), rests.stream().distinct().toList());
  }

  @Test
  void aMapThatSucceedsEndsTheTrying() {
    refuse(HOST, 4);
    host.ended();
    host.succeeded();
    assertFalse(host.isTrying());
    refuse(HOST, 4);
    assertEquals(List.of(10_000_000L, 10_000_000L), rests);
  }
}
