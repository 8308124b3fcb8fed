package dev.aerostat.engine;

import static dev.aerostat.engine.EngineFixture.MEMORY_BYTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.EarlyDmaPolicy;
import dev.aerostat.api.Granules;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.Progress;
import dev.aerostat.api.RefusalCause;
import dev.aerostat.tracker.BitmapTracker;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The engine on its own threads, in real time, under a guest that never loads a driver. */
@Timeout(20)
final class AsyncDmaMapTest {
  @Test
  void withoutADriverEverythingIsMappedAndThenTheGateOpens() throws Exception {
    try (var rig = new EngineFixture()) {
      rig.gate.onOpen = () -> assertEquals(MEMORY_BYTES, rig.host.mappedBytes());
      rig.engine.start();
      rig.engine.dmaReady().get(10, SECONDS);
      assertTrue(rig.gate.isOpen());
      Progress progress = rig.engine.progress();
      assertEquals(MEMORY_BYTES, progress.mappedBytes());
      assertTrue(progress.done());
      assertEquals(rig.host.liveMappings(), rig.engine.counters().maps());
    }
  }

  @Test
  void anEngineStartsOnceAndNotAfterItsClose() throws Exception {
    try (var rig = new EngineFixture()) {
      rig.engine.start();
      assertThrows(IllegalStateException.class, rig.engine::start);
      rig.engine.close();
      assertThrows(IllegalStateException.class, rig.engine::start);
    }
  }

  @Test
  void closedBeforeItsStartItClosesTheMapperAndTouchesNothing() throws Exception {
    try (var rig = new EngineFixture()) {
      rig.engine.close();
      rig.engine.close();
      assertThrows(IllegalStateException.class, rig.host::unmapAll, "the mapper is open");
      assertEquals(0, rig.gate.closes());
      assertTrue(rig.engine.dmaReady().isCancelled());
    }
  }

  @Test
  void closedOnceReadyItClosesTheGateAndLeavesNothingMapped() throws Exception {
    try (var rig = new EngineFixture()) {
      rig.engine.start();
      rig.engine.dmaReady().get(10, SECONDS);
      rig.engine.close();
      assertFalse(rig.gate.isOpen());
      assertEquals(0, rig.host.mappedBytes());
      assertThrows(IllegalStateException.class, rig.host::unmapAll, "the mapper is open");
      rig.engine.close();
      assertEquals(1, rig.gate.closes());
    }
  }

  @Test
  void aCloseWaitsForTheMapUnderWayAndForNoMore() throws Exception {
    try (var rig = new EngineFixture()) {
      rig.mapper.hold();
      rig.engine.start();
      rig.mapper.awaitFirstMap();
      Thread closer = closing(rig);
      rig.mapper.release();
      assertTrue(closer.join(Duration.ofSeconds(10)));
      assertFalse(rig.mapper.wasClosedUnderWay());
      assertEquals(1, rig.engine.counters().maps());
      assertEquals(0, rig.host.mappedBytes());
    }
  }

  /** A thread that waits for the event thread: its close is on its way. */
  private static Thread closing(EngineFixture rig) {
    Thread closer = Thread.ofPlatform().start(rig.engine::close);
    while (closer.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    return closer;
  }

  @Test
  void severalThreadsMayCloseAtOnceAndAllWaitForTheEnd() throws Exception {
    try (var rig = new EngineFixture();
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      rig.engine.start();
      var closes = new ArrayList<Future<Long>>();
      for (int i = 0; i < 4; i++) {
        closes.add(
            threads.submit(
                () -> {
                  rig.engine.close();
                  return rig.host.mappedBytes();
                }));
      }
      for (Future<Long> close : closes) {
        assertEquals(0, close.get(10, SECONDS));
      }
    }
  }

  @Test
  void anInterruptedCloseEndsAllTheSameAndStaysInterrupted() throws Exception {
    try (var rig = new EngineFixture()) {
      rig.engine.start();
      Thread.currentThread().interrupt();
      rig.engine.close();
      assertTrue(Thread.interrupted());
      assertEquals(0, rig.host.mappedBytes());
    }
  }

  @Test
  void itsOwnEventThreadMayNotCloseIt() throws Exception {
    var engine = new AtomicReference<AsyncDmaMap>();
    var refusal = new CompletableFuture<IllegalStateException>();
    EngineListener closer =
        new EngineListener() {
          @Override
          public void progressed(Progress progress) {
            refusal.complete(assertThrows(IllegalStateException.class, () -> engine.get().close()));
          }
        };
    try (var rig = new EngineFixture(builder -> builder.listener(closer))) {
      engine.set(rig.engine);
      rig.engine.start();
      assertTrue(
          String.valueOf(refusal.get(10, SECONDS).getMessage()).contains("event thread"),
          () -> "said " + refusal);
      rig.engine.dmaReady().get(10, SECONDS);
    }
  }

  @Test
  void itsOwnEventThreadMayAskForProgress() throws Exception {
    var engine = new AtomicReference<AsyncDmaMap>();
    var asked = new CompletableFuture<Progress>();
    EngineListener asker =
        new EngineListener() {
          @Override
          public void progressed(Progress progress) {
            asked.complete(engine.get().progress());
          }
        };
    try (var rig = new EngineFixture(builder -> builder.listener(asker))) {
      engine.set(rig.engine);
      rig.engine.start();
      assertEquals(MEMORY_BYTES, asked.get(10, SECONDS).memoryBytes());
    }
  }

  @Test
  void aListenerThatThrowsHarmsNothing() throws Exception {
    EngineListener broken =
        new EngineListener() {
          @Override
          public void progressed(Progress progress) {
            throw new IllegalStateException("a listener's mistake, expected in this test");
          }

          @Override
          public void dmaWanted(EarlyDmaPolicy policy) {
            throw new IllegalStateException("a listener's mistake, expected in this test");
          }
        };
    try (var rig = new EngineFixture(builder -> builder.listener(broken))) {
      rig.engine.dmaWanted();
      rig.engine.start();
      rig.engine.dmaReady().get(10, SECONDS);
      assertTrue(rig.engine.progress().done());
      assertEquals(1, rig.engine.counters().dmaWanted());
    }
  }

  @Test
  void aPluginThatThrowsIsReportedAndTriedAgain() throws Exception {
    var refusals = new LinkedBlockingQueue<HostRefusedException>();
    EngineListener listener =
        new EngineListener() {
          @Override
          public void refused(HostRefusedException refusal, int attempt, long retryNanos) {
            refusals.add(refusal);
          }
        };
    try (var rig = new EngineFixture(builder -> builder.listener(listener))) {
      rig.mapper.breakMaps(3);
      rig.engine.start();
      rig.engine.dmaReady().get(10, SECONDS);
      assertEquals(3, refusals.size());
      HostRefusedException first = refusals.element();
      assertInstanceOf(RefusalCause.Other.class, first.reason());
      assertTrue(first.reason().rule().contains("a bug in the plugin"), first::getMessage);
      assertInstanceOf(IndexOutOfBoundsException.class, first.getCause());
      assertEquals(MEMORY_BYTES, rig.host.mappedBytes());
    }
  }

  @Test
  void aPluginThatCannotUnmapIsClosedAllTheSame() throws Exception {
    try (var rig = new EngineFixture()) {
      rig.mapper.breakUnmap();
      rig.engine.start();
      rig.engine.dmaReady().get(10, SECONDS);
      rig.engine.close();
      assertEquals(0, rig.host.mappedBytes());
      assertEquals(1, rig.engine.counters().refusals());
    }
  }

  @Test
  void aPluginThatCannotCloseSaysSoToItsVmmOnceEverythingElseIsClosed() throws Exception {
    try (var rig = new EngineFixture()) {
      rig.mapper.breakClose();
      assertThrows(IllegalStateException.class, rig.engine::close);
      assertTrue(rig.engine.dmaReady().isCancelled());
      rig.engine.close();
    }
  }

  @Test
  void aGateThatThrowsEndsTheEngineWithTheGateClosed() throws Exception {
    try (var rig = new EngineFixture()) {
      rig.gate.onOpen =
          () -> {
            throw new IllegalStateException("a gate's mistake, expected in this test");
          };
      rig.engine.start();
      CompletableFuture<Void> ready = rig.engine.dmaReady();
      assertThrows(CancellationException.class, () -> ready.get(10, SECONDS));
      rig.engine.close();
      assertFalse(rig.gate.isOpen());
      assertEquals(0, rig.host.mappedBytes());
    }
  }

  @Test
  void anEngineThatFailedWaitsForTheMapUnderWayBeforeItClosesTheMapper() throws Exception {
    var broken = new AtomicBoolean();
    try (var rig =
        new EngineFixture(builder -> builder.tracker(granules -> breakable(granules, broken)))) {
      rig.mapper.hold();
      rig.engine.start();
      rig.mapper.awaitFirstMap();
      CompletableFuture<Void> ready = rig.engine.dmaReady();
      broken.set(true);
      rig.engine.operatorTarget(0);
      assertThrows(CancellationException.class, () -> ready.get(10, SECONDS));
      var closed = CompletableFuture.runAsync(rig.engine::close);
      Thread.sleep(50);
      assertFalse(closed.isDone());
      rig.mapper.release();
      closed.get(10, SECONDS);
      assertFalse(rig.mapper.wasClosedUnderWay());
    }
  }

  private static BalloonTracker breakable(Granules granules, AtomicBoolean broken) {
    var tracker = new BitmapTracker(granules);
    return (BalloonTracker)
        Proxy.newProxyInstance(
            BalloonTracker.class.getClassLoader(),
            new Class<?>[] {BalloonTracker.class},
            (_, method, arguments) -> {
              if (broken.get()) {
                throw new IllegalStateException("a tracker's bug, expected in this test");
              }
              return method.invoke(tracker, arguments);
            });
  }

  @Test
  void registersAreReadAndWrittenWithoutAWaitWhileAMapRuns() throws Exception {
    try (var rig = new EngineFixture()) {
      rig.mapper.hold();
      rig.engine.start();
      rig.mapper.awaitFirstMap();
      for (int i = 0; i < 10_000; i++) {
        long _ = rig.engine.device().readConfig(0, Integer.BYTES);
        rig.engine.device().writeConfig(Integer.BYTES, Integer.BYTES, i);
        rig.engine.device().notifyQueue(i % 3);
        rig.engine.device().writeStatus(i % 2);
        rig.engine.dmaWanted();
        rig.engine.operatorTarget(0);
      }
      assertFalse(rig.engine.progress().gateOpen(), "the event thread answers, too");
      assertFalse(rig.mapper.isReleased());
    }
  }

  @Test
  void noThreadIsLeftAfterManyStartsAndCloses() throws Exception {
    for (int i = 0; i < 50; i++) {
      try (var rig = new EngineFixture()) {
        rig.engine.start();
        if (i % 2 == 0) {
          rig.engine.dmaReady().get(10, SECONDS);
        }
      }
    }
    assertEquals(List.of(), ownThreads());
  }

  private static List<String> ownThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> name.startsWith("aerostat-"))
        .toList();
  }

  @Test
  void whoAsksForProgressDuringACloseIsAnswered() throws Exception {
    for (int i = 0; i < 50; i++) {
      try (var rig = new EngineFixture()) {
        rig.engine.start();
        var asker =
            CompletableFuture.runAsync(
                () -> {
                  for (int j = 0; j < 2_000; j++) {
                    assertEquals(MEMORY_BYTES, rig.engine.progress().memoryBytes());
                  }
                });
        rig.engine.close();
        asker.get(10, SECONDS);
      }
    }
  }

  @Test
  void theGuestsWishesAreToldOnceATurnHoweverOftenItAsks() throws Exception {
    var inListener = new CountDownLatch(1);
    var asked = new CountDownLatch(1);
    EngineListener slow =
        new EngineListener() {
          @Override
          public void dmaWanted(EarlyDmaPolicy policy) {
            inListener.countDown();
            awaitUninterruptibly(asked);
          }
        };
    try (var rig = new EngineFixture(builder -> builder.listener(slow))) {
      rig.mapper.hold();
      rig.engine.start();
      rig.engine.dmaWanted();
      inListener.await();
      for (int i = 0; i < 10_000; i++) {
        rig.engine.dmaWanted();
        rig.engine.operatorTarget(i % 2 * EngineFixture.MIB);
        rig.engine.requestStatistics();
      }
      asked.countDown();
      long wishes = rig.engine.counters().dmaWanted();
      while (wishes < 2) {
        wishes = rig.engine.counters().dmaWanted();
      }
      assertEquals(2, wishes);
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  @Test
  void aGuestThatAsksForDmaWithoutEndKeepsNothingFromBeingMapped() throws Exception {
    var engine = new AtomicReference<AsyncDmaMap>();
    EngineListener asksAgain =
        new EngineListener() {
          @Override
          public void dmaWanted(EarlyDmaPolicy policy) {
            engine.get().dmaWanted();
          }
        };
    try (var rig = new EngineFixture(builder -> builder.listener(asksAgain))) {
      engine.set(rig.engine);
      rig.engine.start();
      rig.engine.dmaWanted();
      rig.engine.dmaReady().get(10, SECONDS);
    }
  }

  @Test
  void whoAsksForWhatCannotBeAnsweredIsToldWhyAndTheEngineGoesOn() throws Exception {
    var broken = new AtomicBoolean();
    Runnable fails =
        () -> {
          if (broken.get()) {
            throw new OutOfMemoryError("a tracker's failure, expected in this test");
          }
        };
    try (var rig =
        new EngineFixture(
            builder ->
                builder.tracker(plan -> CallingTracker.of(plan, "EventThreadQuery", fails)))) {
      rig.mapper.hold();
      rig.engine.start();
      rig.mapper.awaitFirstMap();
      broken.set(true);
      var refusal =
          assertThrows(
              ExecutionException.class,
              () -> CompletableFuture.supplyAsync(rig.engine::progress).get(10, SECONDS));
      IllegalStateException answer =
          assertInstanceOf(IllegalStateException.class, refusal.getCause());
      assertInstanceOf(OutOfMemoryError.class, answer.getCause());
      broken.set(false);
      assertEquals(MEMORY_BYTES, rig.engine.progress().memoryBytes());
    }
  }

  @Test
  void whoAsksAnEngineThatFailedIsAnswered() throws Exception {
    var broken = new AtomicBoolean();
    try (var rig =
        new EngineFixture(builder -> builder.tracker(granules -> breakable(granules, broken)))) {
      rig.mapper.hold();
      rig.engine.start();
      rig.mapper.awaitFirstMap();
      CompletableFuture<Void> ready = rig.engine.dmaReady();
      broken.set(true);
      rig.engine.operatorTarget(0);
      for (int i = 0; i < 100; i++) {
        var answer = CompletableFuture.runAsync(() -> assertAnswered(rig.engine));
        answer.get(10, SECONDS);
      }
      assertThrows(CancellationException.class, () -> ready.get(10, SECONDS));
      assertAnswered(rig.engine);
      broken.set(false);
      rig.mapper.release();
    }
  }

  private static void assertAnswered(AsyncDmaMap engine) {
    assertThrows(IllegalStateException.class, engine::progress);
    assertEquals(0, engine.counters().inflateMessages());
  }

  @Test
  void anInterruptLeftByACallbackDoesNotKeepTheEventThreadAwake() throws Exception {
    var eventThread = new CompletableFuture<Thread>();
    EngineListener interrupter =
        new EngineListener() {
          @Override
          public void dmaWanted(EarlyDmaPolicy policy) {
            Thread.currentThread().interrupt();
            eventThread.complete(Thread.currentThread());
          }
        };
    try (var rig = new EngineFixture(builder -> builder.listener(interrupter))) {
      rig.mapper.hold();
      rig.engine.start();
      rig.engine.dmaWanted();
      Thread thread = eventThread.get(10, SECONDS);
      while (thread.isInterrupted()) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void whoeverWaitsForDmaReadyHasAFutureOfHisOwn() throws Exception {
    try (var rig = new EngineFixture()) {
      CompletableFuture<Void> mine = rig.engine.dmaReady();
      assertTrue(mine.cancel(false));
      CompletableFuture<Void> yours = rig.engine.dmaReady();
      assertFalse(yours.isDone());
      rig.engine.start();
      yours.get(10, SECONDS);
    }
  }

  @Test
  void dmaReadyIsCancelledByACloseThatComesBefore() throws Exception {
    try (var rig = new EngineFixture()) {
      rig.mapper.hold();
      CompletableFuture<Void> early = rig.engine.dmaReady();
      rig.engine.start();
      rig.mapper.awaitFirstMap();
      Thread closer = closing(rig);
      rig.mapper.release();
      assertTrue(closer.join(Duration.ofSeconds(10)));
      assertTrue(early.isCancelled(), () -> "was " + early);
      assertThrows(CancellationException.class, early::join);
      assertTrue(rig.engine.dmaReady().isCancelled());
    }
  }

  @Test
  void anOperatorsTargetIsWholePagesUpToAllOfMemory() throws Exception {
    try (var rig = new EngineFixture()) {
      rig.engine.operatorTarget(0);
      rig.engine.operatorTarget(MEMORY_BYTES);
      for (long bytes : new long[] {-4096, -1, 1, 4095, MEMORY_BYTES + 4096, Long.MAX_VALUE}) {
        var refusal =
            assertThrows(IllegalArgumentException.class, () -> rig.engine.operatorTarget(bytes));
        assertTrue(
            String.valueOf(refusal.getMessage()).contains(Long.toString(bytes)),
            refusal::getMessage);
      }
    }
  }

  @Test
  void theOperatorsTargetIsWhatTheGuestSeesOnceAllIsMapped() throws Exception {
    try (var rig = new EngineFixture()) {
      rig.engine.start();
      rig.engine.dmaReady().get(10, SECONDS);
      rig.engine.operatorTarget(8 * EngineFixture.MIB);
      while (rig.engine.device().readConfig(0, Integer.BYTES) != 2048) {
        Thread.sleep(1);
      }
      assertEquals(8 * EngineFixture.MIB, rig.engine.progress().targetBytes());
    }
  }
}
