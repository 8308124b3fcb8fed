package dev.aerostat.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class RepeatLimitTest {
  private final AtomicLong now = new AtomicLong(-5);
  private final RepeatLimit limit = new RepeatLimit(now::get);

  @Test
  void aFloodIsTenLinesAndThenOneInTenSecondsThatSaysHowManyWereLeftOut() {
    for (int i = 0; i < 10; i++) {
      assertEquals(OptionalLong.of(0), limit.leftOut("pause"));
    }
    for (int i = 0; i < 1000; i++) {
      assertEquals(OptionalLong.empty(), limit.leftOut("pause"));
    }
    now.addAndGet(RepeatLimit.NANOS_PER_LINE);
    assertEquals(OptionalLong.of(1000), limit.leftOut("pause"));
    assertEquals("pause (1000 more like it before)", RepeatLimit.line("pause", 1000));
    assertEquals(OptionalLong.empty(), limit.leftOut("pause"));
  }

  @Test
  void oneKindTakesNoRoomOfAnother() {
    for (int i = 0; i < 100; i++) {
      OptionalLong _ = limit.leftOut("pause");
    }
    assertEquals(OptionalLong.of(0), limit.leftOut("gone"));
  }

  @Test
  void whatHappensNowAndThenIsAlwaysTold() {
    for (int i = 0; i < 100; i++) {
      assertEquals(OptionalLong.of(0), limit.leftOut("boot"));
      now.addAndGet(RepeatLimit.NANOS_PER_LINE);
    }
  }
}
