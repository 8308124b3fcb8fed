package dev.aerostat.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class RepeatLimitTest {
  private final AtomicLong now = new AtomicLong(-5);
  private final RepeatLimit limit = new RepeatLimit(now::get);

  @Test
  void aFloodIsTenLinesAndThenOneInTenSecondsThatSaysHowManyWereLeftOut() {
    for (int i = 0; i < 10; i++) {
      assertEquals(Optional.of("pause"), limit.line("pause", "pause"));
    }
    for (int i = 0; i < 1000; i++) {
      assertEquals(Optional.empty(), limit.line("pause", "pause"));
    }
    now.addAndGet(RepeatLimit.NANOS_PER_LINE);
    assertEquals(Optional.of("pause (1000 more like it before)"), limit.line("pause", "pause"));
    assertEquals(Optional.empty(), limit.line("pause", "pause"));
  }

  @Test
  void oneKindTakesNoRoomOfAnother() {
    for (int i = 0; i < 100; i++) {
      Optional<String> _ = limit.line("pause", "pause");
    }
    assertEquals(Optional.of("gone"), limit.line("gone", "gone"));
  }

  @Test
  void whatHappensNowAndThenIsAlwaysTold() {
    for (int i = 0; i < 100; i++) {
      assertEquals(Optional.of("boot"), limit.line("boot", "boot"));
      now.addAndGet(RepeatLimit.NANOS_PER_LINE);
    }
  }

  @Test
  void guestsThatComeAndGoShareTheLimit() {
    List<String> lines = new ArrayList<>();
    for (int guest = 1; guest <= 100; guest++) {
      var log = new GuestEventLog(guest, lines::add, limit);
      log.happened(GuestMilestone.GONE, "guest %d is gone".formatted(guest));
      log.happened("the balloon driver goes on");
    }
    assertEquals(20, lines.size());
    assertTrue(lines.getFirst().endsWith("guest 1 is gone"), lines.getFirst());
  }
}
