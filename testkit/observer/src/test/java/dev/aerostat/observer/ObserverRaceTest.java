package dev.aerostat.observer;

import static dev.aerostat.observer.ObserverFixture.HIGH;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A guest and a device that go on while the observer looks, and do not wait for it but where an
 * entry of a ring would be written anew unseen.
 */
@Timeout(120)
final class ObserverRaceTest {
  private static final long RUN_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int MOST_AHEAD = HandRing.SIZE / 2;

  private final ObserverFixture fixture = ObserverFixture.plain();
  private final AtomicLong looks = new AtomicLong();
  private volatile boolean over;

  @Test
  void whatIsOfferedAndReturnedDuringALookIsNoBreach() throws InterruptedException {
    fixture.map(HIGH, HIGH + 1);
    Thread traffic = Thread.ofPlatform().start(this::inflateAndDeflateByTurns);
    long end = System.nanoTime() + RUN_NANOS;
    while (System.nanoTime() - end < 0) {
      look();
    }
    over = true;
    while (traffic.isAlive()) {
      look();
    }
    Accounting accounting = fixture.observer.finish();
    assertEquals(List.of(), fixture.observer.firstViolations());
    assertEquals(accounting.inflate().messages(), accounting.deflate().messages());
    assertEquals(0, accounting.balloonedPages());
  }

  private void look() {
    fixture.observer.poll();
    long _ = looks.incrementAndGet();
  }

  /** One page goes out and comes back: a deflate is offered because its inflate was returned. */
  private void inflateAndDeflateByTurns() {
    int ahead = 0;
    while (!over) {
      exchange(fixture.inflate);
      exchange(fixture.deflate);
      if (++ahead == MOST_AHEAD) {
        awaitLooks();
        ahead = 0;
      }
    }
  }

  private static void exchange(HandRing ring) {
    ring.offer(0, HIGH);
    VarHandle.fullFence();
    ring.giveBack(0);
    VarHandle.fullFence();
  }

  /** Returns after a look that began when this was called, or later. */
  private void awaitLooks() {
    long seen = looks.get();
    while (looks.get() < seen + 2) {
      Thread.onSpinWait();
    }
  }
}
