package dev.aerostat.vmm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.aerostat.vmm.bus.GuestEnd;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(90)
final class TimeLimitTest {
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofDays(1);

  private final CompletableFuture<GuestEnd> guest = new CompletableFuture<>();
  private final CompletableFuture<Void> process = new CompletableFuture<>();

  private TimeLimit limit(Duration limit, Duration grace) {
    return new TimeLimit(limit, grace, () -> process.complete(null));
  }

  @Test
  void aGuestThatTakesTooLongIsEnded() {
    try (TimeLimit limit = limit(SHORT, LONG)) {
      limit.ends(guest::complete);
      assertEquals(GuestEnd.Kind.STOPPED, guest.join().kind());
    }
    assertFalse(process.isDone());
  }

  @Test
  void aVmmThatDoesNotCloseEndsWithTheProcess() {
    try (TimeLimit limit = limit(SHORT, SHORT)) {
      limit.ends(guest::complete);
      process.join();
    }
  }

  @Test
  void aVmmThatIsNeverBuiltEndsWithTheProcess() {
    try (TimeLimit _ = limit(SHORT, SHORT)) {
      process.join();
    }
  }

  /** The pool that all share may have one thread only, and that may stand still. */
  @Test
  void itDependsOnNoThreadOfOthers() throws Exception {
    var standing = new CompletableFuture<Void>();
    for (int i = 0; i < ForkJoinPool.getCommonPoolParallelism() + 1; i++) {
      ForkJoinPool.commonPool().execute(standing::join);
    }
    try (TimeLimit limit = limit(SHORT, LONG)) {
      limit.ends(guest::complete);
      assertEquals(GuestEnd.Kind.STOPPED, guest.get(60, TimeUnit.SECONDS).kind());
    } finally {
      standing.complete(null);
    }
  }

  @Test
  void whatHasEndedInTimeIsLeftAlone() throws Exception {
    try (TimeLimit limit = limit(Duration.ofMillis(200), SHORT)) {
      limit.ends(guest::complete);
    }
    Thread.sleep(500);
    assertFalse(guest.isDone() || process.isDone());
  }
}
