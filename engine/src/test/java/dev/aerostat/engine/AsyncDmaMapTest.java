package dev.aerostat.engine;

import static dev.aerostat.engine.EngineFixture.MEMORY_BYTES;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
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
@Timeout(180)
final class AsyncDmaMapTest {
  @Test
  void withoutADriverEverythingIsMappedAndThenTheGateOpens() throws Exception {
    try (var fixture = new EngineFixture()) {
      fixture.gate.onOpen = () -> assertEquals(MEMORY_BYTES, fixture.host.mappedBytes());
      fixture.engine.start();
      Patience.get("DMA to be ready", fixture.engine.dmaReady(), fixture);
      assertTrue(fixture.gate.isOpen());
      Progress progress = fixture.engine.progress();
      assertEquals(MEMORY_BYTES, progress.mappedBytes());
      assertTrue(progress.done());
      assertEquals(fixture.host.liveMappings(), fixture.engine.counters().maps());
    }
  }

  @Test
  void anEngineStartsOnceAndNotAfterItsClose() throws Exception {
    try (var fixture = new EngineFixture()) {
      fixture.engine.start();
      assertThrows(IllegalStateException.class, fixture.engine::start);
      fixture.engine.close();
      assertThrows(IllegalStateException.class, fixture.engine::start);
    }
  }

  @Test
  void closedBeforeItsStartItClosesTheMapperAndTouchesNothing() throws Exception {
    try (var fixture = new EngineFixture()) {
      fixture.engine.close();
      fixture.engine.close();
      assertThrows(IllegalStateException.class, fixture.host::unmapAll, "the mapper is open");
      assertEquals(0, fixture.gate.closes());
      assertTrue(fixture.engine.dmaReady().isCancelled());
    }
  }

  @Test
  void closedOnceReadyItClosesTheGateAndLeavesNothingMapped() throws Exception {
    try (var fixture = new EngineFixture()) {
      fixture.engine.start();
      Patience.get("DMA to be ready", fixture.engine.dmaReady(), fixture);
      fixture.engine.close();
      assertFalse(fixture.gate.isOpen());
      assertEquals(0, fixture.host.mappedBytes());
      assertThrows(IllegalStateException.class, fixture.host::unmapAll, "the mapper is open");
      fixture.engine.close();
      assertEquals(1, fixture.gate.closes());
    }
  }

  @Test
  void aCloseWaitsForTheMapUnderWayAndForNoMore() throws Exception {
    try (var fixture = new EngineFixture()) {
      fixture.mapper.hold();
      fixture.engine.start();
      fixture.mapper.awaitFirstMap();
      Thread closer = closing(fixture);
      fixture.mapper.release();
      Patience.join("the close", closer, fixture);
      assertFalse(fixture.mapper.wasClosedUnderWay());
      assertEquals(1, fixture.engine.counters().maps());
      assertEquals(0, fixture.host.mappedBytes());
    }
  }

  /** A thread that waits for the event thread: its close is on its way. */
  private static Thread closing(EngineFixture fixture) {
    Thread closer = Thread.ofPlatform().start(fixture.engine::close);
    while (closer.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    return closer;
  }

  @Test
  void severalThreadsMayCloseAtOnceAndAllWaitForTheEnd() throws Exception {
    try (var fixture = new EngineFixture();
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      fixture.engine.start();
      var closes = new ArrayList<Future<Long>>();
      for (int i = 0; i < 4; i++) {
        closes.add(
            threads.submit(
                () -> {
                  fixture.engine.close();
                  return fixture.host.mappedBytes();
                }));
      }
      for (Future<Long> close : closes) {
        assertEquals(0, Patience.get("a close", close, fixture));
      }
    }
  }

  @Test
  void anInterruptedCloseEndsAllTheSameAndStaysInterrupted() throws Exception {
    try (var fixture = new EngineFixture()) {
      fixture.engine.start();
      Thread.currentThread().interrupt();
      fixture.engine.close();
      assertTrue(Thread.interrupted());
      assertEquals(0, fixture.host.mappedBytes());
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
    try (var fixture = new EngineFixture(builder -> builder.listener(closer))) {
      engine.set(fixture.engine);
      fixture.engine.start();
      assertTrue(
          String.valueOf(Patience.get("a refusal", refusal, fixture).getMessage())
              .contains("event thread"),
          () -> "said " + refusal);
      Patience.get("DMA to be ready", fixture.engine.dmaReady(), fixture);
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
    try (var fixture = new EngineFixture(builder -> builder.listener(asker))) {
      engine.set(fixture.engine);
      fixture.engine.start();
      assertEquals(MEMORY_BYTES, Patience.get("an answer", asked, fixture).memoryBytes());
    }
  }

  @Test
  void aListenerHearsOnlyOfChangesAndOfTheLast() throws Exception {
    var told = new LinkedBlockingQueue<Progress>();
    EngineListener listener =
        new EngineListener() {
          @Override
          public void progressed(Progress progress) {
            told.add(progress);
          }
        };
    try (var fixture = new EngineFixture(builder -> builder.listener(listener))) {
      fixture.engine.start();
      var end = new Progress(MEMORY_BYTES, MEMORY_BYTES, 0, 0, true);
      while (!Patience.take("the last progress", told, fixture).equals(end)) {
        // Something was left to do.
      }
      assertNull(told.poll(500, MILLISECONDS), "told again although nothing has changed");
      fixture.engine.operatorTarget(8 * EngineFixture.MIB);
      assertEquals(
          8 * EngineFixture.MIB, Patience.take("the new target", told, fixture).targetBytes());
    }
  }

  @Test
  void countersThatMoveWhileProgressStandsStillAreAChangeToo() throws Exception {
    var told = new LinkedBlockingQueue<Long>();
    var engine = new AtomicReference<AsyncDmaMap>();
    EngineListener listener =
        new EngineListener() {
          @Override
          public void progressed(Progress progress) {
            told.add(engine.get().counters().refusals());
          }
        };
    try (var fixture = new EngineFixture(builder -> builder.listener(listener))) {
      engine.set(fixture.engine);
      fixture.mapper.breakMaps(Integer.MAX_VALUE);
      fixture.engine.start();
      long first = Patience.take("a refusal to be told", told, fixture);
      for (long now = first; now < first + 3; ) {
        now = Patience.take("refusals to be told", told, fixture);
      }
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
    try (var fixture = new EngineFixture(builder -> builder.listener(broken))) {
      fixture.engine.dmaWanted();
      fixture.engine.start();
      Patience.get("DMA to be ready", fixture.engine.dmaReady(), fixture);
      assertTrue(fixture.engine.progress().done());
      assertEquals(1, fixture.engine.counters().dmaWanted());
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
    try (var fixture = new EngineFixture(builder -> builder.listener(listener))) {
      fixture.mapper.breakMaps(3);
      fixture.engine.start();
      Patience.get("DMA to be ready", fixture.engine.dmaReady(), fixture);
      assertEquals(3, refusals.size());
      HostRefusedException first = refusals.element();
      assertInstanceOf(RefusalCause.Other.class, first.reason());
      assertTrue(first.reason().rule().contains("a bug in the plugin"), first::getMessage);
      assertInstanceOf(IndexOutOfBoundsException.class, first.getCause());
      assertEquals(MEMORY_BYTES, fixture.host.mappedBytes());
    }
  }

  @Test
  void aPluginThatCannotUnmapIsClosedAllTheSame() throws Exception {
    try (var fixture = new EngineFixture()) {
      fixture.mapper.breakUnmap();
      fixture.engine.start();
      Patience.get("DMA to be ready", fixture.engine.dmaReady(), fixture);
      fixture.engine.close();
      assertEquals(0, fixture.host.mappedBytes());
      assertEquals(1, fixture.engine.counters().refusals());
    }
  }

  @Test
  void aPluginThatCannotCloseSaysSoToItsVmmOnceEverythingElseIsClosed() throws Exception {
    try (var fixture = new EngineFixture()) {
      fixture.mapper.breakClose();
      assertThrows(IllegalStateException.class, fixture.engine::close);
      assertTrue(fixture.engine.dmaReady().isCancelled());
      fixture.engine.close();
    }
  }

  @Test
  void aGateThatThrowsEndsTheEngineWithTheGateClosed() throws Exception {
    try (var fixture = new EngineFixture()) {
      fixture.gate.onOpen =
          () -> {
            throw new IllegalStateException("a gate's mistake, expected in this test");
          };
      fixture.engine.start();
      CompletableFuture<Void> ready = fixture.engine.dmaReady();
      var failure =
          assertThrows(ExecutionException.class, () -> Patience.get("a failure", ready, fixture));
      assertEquals(
          "a gate's mistake, expected in this test",
          assertInstanceOf(IllegalStateException.class, failure.getCause()).getMessage());
      fixture.engine.close();
      assertFalse(fixture.gate.isOpen());
      assertEquals(0, fixture.host.mappedBytes());
    }
  }

  @Test
  void anEngineThatFailedWaitsForTheMapUnderWayBeforeItClosesTheMapper() throws Exception {
    var broken = new AtomicBoolean();
    try (var fixture =
        new EngineFixture(builder -> builder.tracker(granules -> breakable(granules, broken)))) {
      fixture.mapper.hold();
      fixture.engine.start();
      fixture.mapper.awaitFirstMap();
      CompletableFuture<Void> ready = fixture.engine.dmaReady();
      broken.set(true);
      fixture.engine.operatorTarget(0);
      var failure =
          assertThrows(ExecutionException.class, () -> Patience.get("a failure", ready, fixture));
      assertInstanceOf(IllegalStateException.class, failure.getCause());
      var closed = CompletableFuture.runAsync(fixture.engine::close);
      Thread.sleep(50);
      assertFalse(closed.isDone());
      fixture.mapper.release();
      Patience.get("the close", closed, fixture);
      assertFalse(fixture.mapper.wasClosedUnderWay());
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
    try (var fixture = new EngineFixture()) {
      fixture.mapper.hold();
      fixture.engine.start();
      fixture.mapper.awaitFirstMap();
      for (int i = 0; i < 10_000; i++) {
        long _ = fixture.engine.device().readConfig(0, Integer.BYTES);
        fixture.engine.device().writeConfig(Integer.BYTES, Integer.BYTES, i);
        fixture.engine.device().notifyQueue(i % 3);
        fixture.engine.device().writeStatus(i % 2);
        fixture.engine.dmaWanted();
        fixture.engine.operatorTarget(0);
      }
      assertFalse(fixture.engine.progress().gateOpen(), "the event thread answers, too");
      assertFalse(fixture.mapper.isReleased());
    }
  }

  @Test
  void noThreadIsLeftAfterManyStartsAndCloses() throws Exception {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    for (int i = 0; i < 50; i++) {
      try (var fixture = new EngineFixture()) {
        fixture.engine.start();
        if (i % 2 == 0) {
          Patience.get("DMA to be ready", fixture.engine.dmaReady(), fixture);
        }
      }
    }
    assertEquals(List.of(), enginesThreadsBut(before));
  }

  /** Returns the threads of engines, and where they are; not those that other tests left. */
  private static List<String> enginesThreadsBut(Set<Thread> before) {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(entry -> !before.contains(entry.getKey()) && entry.getKey().isAlive())
        .filter(entry -> entry.getKey().getName().startsWith("aerostat-"))
        .map(entry -> entry.getKey() + " at " + Arrays.toString(entry.getValue()))
        .toList();
  }

  @Test
  void whoAsksForProgressDuringACloseIsAnswered() throws Exception {
    for (int i = 0; i < 50; i++) {
      try (var fixture = new EngineFixture()) {
        fixture.engine.start();
        var asker =
            CompletableFuture.runAsync(
                () -> {
                  for (int j = 0; j < 2_000; j++) {
                    assertEquals(MEMORY_BYTES, fixture.engine.progress().memoryBytes());
                  }
                });
        fixture.engine.close();
        Patience.get("2,000 answers", asker, fixture);
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
    try (var fixture = new EngineFixture(builder -> builder.listener(slow))) {
      fixture.mapper.hold();
      fixture.engine.start();
      fixture.engine.dmaWanted();
      Patience.await("the listener to be told", inListener, fixture);
      for (int i = 0; i < 10_000; i++) {
        fixture.engine.dmaWanted();
        fixture.engine.operatorTarget(i % 2 * EngineFixture.MIB);
        fixture.engine.requestStatistics();
      }
      asked.countDown();
      Patience.until(
          "the last wish to be counted", () -> fixture.engine.counters().dmaWanted() > 1, fixture);
      assertEquals(2, fixture.engine.counters().dmaWanted());
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
    try (var fixture = new EngineFixture(builder -> builder.listener(asksAgain))) {
      engine.set(fixture.engine);
      fixture.engine.start();
      fixture.engine.dmaWanted();
      Patience.get("DMA to be ready", fixture.engine.dmaReady(), fixture);
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
    try (var fixture =
        new EngineFixture(
            builder ->
                builder.tracker(plan -> CallingTracker.of(plan, "EventThreadQuery", fails)))) {
      fixture.mapper.hold();
      fixture.engine.start();
      fixture.mapper.awaitFirstMap();
      broken.set(true);
      var refusal =
          assertThrows(
              ExecutionException.class,
              () ->
                  Patience.get(
                      "an answer",
                      CompletableFuture.supplyAsync(fixture.engine::progress),
                      fixture));
      IllegalStateException answer =
          assertInstanceOf(IllegalStateException.class, refusal.getCause());
      assertInstanceOf(OutOfMemoryError.class, answer.getCause());
      broken.set(false);
      assertEquals(MEMORY_BYTES, fixture.engine.progress().memoryBytes());
    }
  }

  @Test
  void whoAsksAnEngineThatFailedIsAnswered() throws Exception {
    var broken = new AtomicBoolean();
    try (var fixture =
        new EngineFixture(builder -> builder.tracker(granules -> breakable(granules, broken)))) {
      fixture.mapper.hold();
      fixture.engine.start();
      fixture.mapper.awaitFirstMap();
      CompletableFuture<Void> ready = fixture.engine.dmaReady();
      broken.set(true);
      fixture.engine.operatorTarget(0);
      for (int i = 0; i < 100; i++) {
        var answer = CompletableFuture.runAsync(() -> assertAnswered(fixture.engine));
        Patience.get("an answer", answer, fixture);
      }
      var failure =
          assertThrows(ExecutionException.class, () -> Patience.get("a failure", ready, fixture));
      assertInstanceOf(IllegalStateException.class, failure.getCause());
      assertAnswered(fixture.engine);
      broken.set(false);
      fixture.mapper.release();
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
    try (var fixture = new EngineFixture(builder -> builder.listener(interrupter))) {
      fixture.mapper.hold();
      fixture.engine.start();
      fixture.engine.dmaWanted();
      Thread thread = Patience.get("the event thread", eventThread, fixture);
      Patience.until("the interrupt to be taken", () -> !thread.isInterrupted(), fixture);
    }
  }

  @Test
  void whoeverWaitsForDmaReadyHasAFutureOfHisOwn() throws Exception {
    try (var fixture = new EngineFixture()) {
      CompletableFuture<Void> mine = fixture.engine.dmaReady();
      assertTrue(mine.cancel(false));
      CompletableFuture<Void> yours = fixture.engine.dmaReady();
      assertFalse(yours.isDone());
      fixture.engine.start();
      Patience.get("DMA to be ready", yours, fixture);
    }
  }

  @Test
  void dmaReadyIsCancelledByACloseThatComesBefore() throws Exception {
    try (var fixture = new EngineFixture()) {
      fixture.mapper.hold();
      CompletableFuture<Void> early = fixture.engine.dmaReady();
      fixture.engine.start();
      fixture.mapper.awaitFirstMap();
      Thread closer = closing(fixture);
      fixture.mapper.release();
      Patience.join("the close", closer, fixture);
      assertTrue(early.isCancelled(), () -> "was " + early);
      assertThrows(CancellationException.class, early::join);
      assertTrue(fixture.engine.dmaReady().isCancelled());
    }
  }

  @Test
  void anOperatorsTargetIsWholePagesUpToAllOfMemory() throws Exception {
    try (var fixture = new EngineFixture()) {
      fixture.engine.operatorTarget(0);
      fixture.engine.operatorTarget(MEMORY_BYTES);
      for (long bytes : new long[] {-4096, -1, 1, 4095, MEMORY_BYTES + 4096, Long.MAX_VALUE}) {
        var refusal =
            assertThrows(
                IllegalArgumentException.class, () -> fixture.engine.operatorTarget(bytes));
        assertTrue(
            String.valueOf(refusal.getMessage()).contains(Long.toString(bytes)),
            refusal::getMessage);
      }
    }
  }

  @Test
  void theOperatorsTargetIsWhatTheGuestSeesOnceAllIsMapped() throws Exception {
    try (var fixture = new EngineFixture()) {
      fixture.engine.start();
      Patience.get("DMA to be ready", fixture.engine.dmaReady(), fixture);
      fixture.engine.operatorTarget(8 * EngineFixture.MIB);
      Patience.until(
          "the guest to see the target",
          () -> fixture.engine.device().readConfig(0, Integer.BYTES) == 2048,
          fixture);
      assertEquals(8 * EngineFixture.MIB, fixture.engine.progress().targetBytes());
    }
  }
}
