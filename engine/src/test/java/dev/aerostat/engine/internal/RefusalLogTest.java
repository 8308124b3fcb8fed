package dev.aerostat.engine.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Errno;
import dev.aerostat.api.HostOperation;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.RefusalCause;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RefusalLogTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final List<String> lines = new ArrayList<>();
  private final List<Throwable> thrown = new ArrayList<>();
  private final RefusalLog log =
      new RefusalLog(
          now::get,
          (line, cause) -> {
            lines.add(line);
            if (cause != null) {
              thrown.add(cause);
            }
          });

  private static HostRefusedException refusal(RefusalCause cause) {
    return new HostRefusedException(
        HostOperation.MAP, 0, 4096, Errno.ENOMEM, cause, HostRefusedException.State.UNCHANGED);
  }

  @Test
  void theFirstRefusalOfEachCauseIsWritten() {
    for (int i = 0; i < 5_000; i++) {
      log.refused(refusal(new RefusalCause.MemoryLockLimit(i, i + 1)), 1);
      log.refused(refusal(new RefusalCause.OutOfMemory()), 1);
    }
    assertEquals(2, lines.size());
    assertTrue(lines.getFirst().contains("RLIMIT_MEMLOCK is 0 bytes"), lines::toString);
  }

  @Test
  void thoseThatFollowAreCountedAndWrittenOnceInTenSeconds() {
    for (int second = 0; second <= 30; second++) {
      for (int i = 0; i < 100; i++) {
        log.refused(refusal(new RefusalCause.OutOfMemory()), 2);
      }
      now.addAndGet(1_000_000_000);
    }
    assertEquals(4, lines.size());
    assertTrue(lines.get(1).contains("999 more for this cause"), lines::toString);
    assertTrue(lines.get(2).contains("999 more for this cause"), lines::toString);
  }

  @Test
  void whatAPluginThrewIsWrittenWithItsStackTraceTheFirstTime() {
    var bug = new IllegalStateException("a mapper's bug, expected in this test");
    for (int second = 0; second <= 20; second++) {
      HostRefusedException refusal = refusal(new RefusalCause.Other("the mapper plugin failed"));
      refusal.initCause(bug);
      log.refused(refusal, 1);
      now.addAndGet(1_000_000_000);
    }
    assertTrue(lines.size() > 1, lines::toString);
    assertEquals(List.of(bug), thrown);
  }
}
