package dev.aerostat.engine.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.balloon.virtio.BalloonMistake;
import dev.aerostat.virtio.VirtioMistake;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MistakeLogTest {
  private final AtomicLong now = new AtomicLong();
  private final List<String> lines = new ArrayList<>();
  private final MistakeLog log = new MistakeLog(now::get, lines::add);

  @Test
  void onlyWhatLeavesAGuestWithoutItsBalloonIsWritten() {
    for (VirtioMistake mistake : VirtioMistake.values()) {
      log.mistaken(mistake);
    }
    for (BalloonMistake mistake : BalloonMistake.values()) {
      log.mistaken(mistake);
    }
    assertEquals(6, lines.size(), lines::toString);
    assertTrue(lines.getFirst().contains("MUST_TELL_HOST"), lines::toString);
    assertTrue(lines.stream().anyMatch(line -> line.contains("DESCRIPTOR_LOOP")), lines::toString);
    assertTrue(lines.stream().noneMatch(line -> line.contains("CONFIG_ACCESS")), lines::toString);
  }

  @Test
  void aGuestThatResetsAndErrsWithoutEndGetsALineInTenSeconds() {
    for (int second = 0; second <= 30; second++) {
      for (int i = 0; i < 100; i++) {
        log.mistaken(VirtioMistake.INDEX_OVERRUN);
      }
      now.addAndGet(1_000_000_000);
    }
    assertEquals(4, lines.size());
    assertTrue(lines.get(1).contains("999 times more"), lines::toString);
  }
}
