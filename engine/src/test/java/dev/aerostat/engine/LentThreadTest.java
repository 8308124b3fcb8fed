package dev.aerostat.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.engine.turn.DeviceTurn;
import dev.aerostat.testkit.ForwardingTracker;
import dev.aerostat.tracker.BitmapTracker;
import java.util.ArrayList;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A transport's thread that reads the queues in the event thread's place. */
@Timeout(180)
final class LentThreadTest {
  private static final int MESSAGES = 200;

  private interface Called {
    void back();
  }

  private static DeviceInterrupts interrupts(Called queue) {
    return new DeviceInterrupts() {
      @Override
      public void queue(int index) {
        queue.back();
      }

      @Override
      public void config() {}
    };
  }

  private static EngineFixture ready(Called queue) throws Exception {
    return ready(queue, () -> {});
  }

  private static EngineFixture ready(Called queue, Runnable whenAnswering) throws Exception {
    var fixture =
        new EngineFixture(
            builder ->
                builder
                    .interrupts(interrupts(queue))
                    .tracker(
                        granules ->
                            CallingTracker.of(granules, "EventThreadQuery", whenAnswering)));
    fixture.engine.start();
    Patience.get("DMA to be ready", fixture.engine.dmaReady(), fixture);
    return fixture;
  }

  @Test
  void readsTheMessageAndIsCalledBackUnlessTheEventThreadIsAtWork() throws Exception {
    var callers = new CopyOnWriteArrayList<Thread>();
    try (var fixture = ready(() -> callers.add(Thread.currentThread()))) {
      var ring = new InflateRing(fixture.memory.guestMemory(), fixture.engine.device());
      for (int i = 0; i < MESSAGES; i++) {
        ring.send();
        fixture.engine.notifyQueue(0);
        Patience.until("a message to be returned", ring::isReturned, fixture);
      }
      assertEquals(MESSAGES, fixture.engine.counters().inflatePages());
      assertEquals(MESSAGES * 4096L, fixture.engine.progress().balloonedBytes());
      long here = callers.stream().filter(Thread.currentThread()::equals).count();
      assertTrue(here > MESSAGES / 2, () -> here + " of " + MESSAGES);
    }
  }

  @Test
  void noMessageIsMissedWhenSeveralThreadsRing() throws Exception {
    try (var fixture = ready(() -> {})) {
      var ring = new InflateRing(fixture.memory.guestMemory(), fixture.engine.device());
      for (int i = 0; i < MESSAGES; i++) {
        ring.send();
        var ringing = new ArrayList<Thread>();
        for (int thread = 0; thread < 3; thread++) {
          ringing.add(Thread.ofPlatform().start(() -> fixture.engine.notifyQueue(0)));
        }
        for (Thread thread : ringing) {
          thread.join();
        }
        Patience.until("a message to be returned", ring::isReturned, fixture);
      }
      assertEquals(MESSAGES, fixture.engine.counters().inflatePages());
    }
  }

  @Test
  void mayAskForProgressWhenItIsCalledBackButNotClose() throws Exception {
    var engine = new AtomicReference<AsyncDmaMap>();
    var said = new CompletableFuture<String>();
    Called called =
        () -> {
          long memory = engine.get().progress().memoryBytes();
          var refusal = assertThrows(IllegalStateException.class, () -> engine.get().close());
          said.complete(memory + " " + refusal.getMessage());
        };
    try (var fixture = ready(called)) {
      engine.set(fixture.engine);
      var ring = new InflateRing(fixture.memory.guestMemory(), fixture.engine.device());
      ring.send();
      fixture.engine.notifyQueue(0);
      String answer = Patience.get("the answer", said, fixture);
      assertTrue(
          answer.startsWith(EngineFixture.MEMORY_BYTES + " an engine cannot be closed"), answer);
    }
  }

  @Test
  void isNotThrownAtByABugWhichEndsTheEngineWithTheGateClosed() throws Exception {
    try (var fixture =
        new EngineFixture(builder -> builder.tracker(LentThreadTest::neverInflates))) {
      fixture.engine.start();
      Patience.get("DMA to be ready", fixture.engine.dmaReady(), fixture);
      var ring = new InflateRing(fixture.memory.guestMemory(), fixture.engine.device());
      ring.send();
      fixture.engine.notifyQueue(0);
      Patience.until("the gate to close", () -> !fixture.gate.isOpen(), fixture);
      fixture.engine.notifyQueue(0);
    }
  }

  private static BalloonTracker neverInflates(Granules granules) {
    return new ForwardingTracker(new BitmapTracker(granules)) {
      @Override
      public long inflate(long firstPage, long endPage, boolean descending) {
        throw new IllegalStateException("a tracker's mistake, expected in this test");
      }
    };
  }

  @Test
  void letsTheEventThreadHaveItsTurnHoweverMuchThereIsToRead() throws Exception {
    Thread here = Thread.currentThread();
    var flood = new AtomicReference<Called>();
    var answered = new AtomicBoolean();
    Called next =
        () -> {
          if (Thread.currentThread() == here && !answered.get() && flood.get() != null) {
            flood.get().back();
          }
        };
    try (var fixture = ready(next, () -> answered.set(true))) {
      var ring = new InflateRing(fixture.memory.guestMemory(), fixture.engine.device());
      var read = new AtomicInteger();
      flood.set(
          () -> {
            if (read.getAndIncrement() == 0) {
              var _ = CompletableFuture.runAsync(fixture.engine::progress);
              awaitQueuedEventThread(fixture);
            }
            ring.send();
          });
      while (!answered.get()) {
        if (ring.isReturned()) {
          ring.send();
        }
        fixture.engine.notifyQueue(0);
      }
      assertTrue(read.get() <= DeviceTurn.PFNS_A_LOOK, () -> read + " messages while it waited");
    }
  }

  /** Waits until the event thread waits for this thread to end its turn. */
  private static void awaitQueuedEventThread(EngineFixture fixture) {
    try {
      Patience.until(
          "the event thread to ask for its turn", LentThreadTest::isEventThreadQueued, fixture);
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  private static boolean isEventThreadQueued() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> thread.getKey().getName().equals("aerostat-events"))
        .flatMap(thread -> Stream.of(thread.getValue()))
        .anyMatch(frame -> frame.getClassName().endsWith("ReentrantLock"));
  }

  @Test
  void isNotUsedBeforeTheStartOrAfterTheClose() throws Exception {
    try (var fixture = new EngineFixture()) {
      fixture.engine.notifyQueue(0);
      CompletableFuture<Void> ready = fixture.engine.dmaReady();
      fixture.engine.close();
      fixture.engine.notifyQueue(0);
      assertThrows(CancellationException.class, ready::join);
      assertFalse(fixture.gate.isOpen());
    }
  }
}
