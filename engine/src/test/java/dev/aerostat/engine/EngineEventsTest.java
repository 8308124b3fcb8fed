package dev.aerostat.engine;

import static dev.aerostat.engine.EngineFixture.MEMORY_BYTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.aerostat.api.EngineCounters;
import dev.aerostat.api.Progress;
import dev.aerostat.engine.WatchedWorld.Point;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a recording of Flight Recorder tells of an engine on its own threads. */
@Timeout(60)
final class EngineEventsTest {
  private static long sum(List<RecordedEvent> events, String field) {
    return events.stream().mapToLong(event -> event.getLong(field)).sum();
  }

  @Test
  void theMapsAndPopulatesOfABootAddUpToAllMemoryAndWereDoneByWorkers() throws Exception {
    try (var recorded = new Recorded();
        var fixture = new EngineFixture()) {
      fixture.engine.start();
      fixture.engine.dmaReady().get(20, SECONDS);
      EngineCounters counters = fixture.engine.counters();
      List<RecordedEvent> maps = recorded.events("Map");
      assertEquals(MEMORY_BYTES, sum(maps, "bytes"));
      assertEquals(MEMORY_BYTES, sum(recorded.events("Populate"), "bytes"));
      assertEquals(counters.maps(), maps.size());
      for (RecordedEvent map : maps) {
        assertTrue(map.getThread().getJavaName().startsWith("aerostat-worker-"), map::toString);
        assertFalse(map.getBoolean("refused"));
        assertTrue(map.getLong("at") >= 0 && map.getLong("took") >= 0, map::toString);
        assertEquals(0, map.getLong("address") % map.getLong("bytes"));
      }
      assertEquals(
          maps.size(), maps.stream().map(map -> map.getLong("address")).distinct().count());
    }
  }

  @Test
  void startGateTargetTotalsAndCloseAreRecordedOnceEach() throws Exception {
    try (var recorded = new Recorded()) {
      EngineCounters counters;
      try (var fixture = new EngineFixture()) {
        fixture.engine.start();
        fixture.engine.dmaReady().get(20, SECONDS);
        counters = fixture.engine.counters();
      }
      RecordedEvent start = recorded.events("Start").getFirst();
      assertEquals(MEMORY_BYTES, start.getLong("memoryBytes"));
      assertFalse(start.getBoolean("simulated"));
      assertEquals(
          List.of(true, false),
          recorded.events("Gate").stream().map(gate -> gate.getBoolean("open")).toList());
      assertEquals(MEMORY_BYTES, recorded.events("Gate").getFirst().getLong("mappedBytes"));
      assertEquals(MEMORY_BYTES, sum(recorded.events("Unmap"), "bytes"));
      RecordedEvent totals = recorded.events("Totals").getLast();
      assertEquals(counters.maps(), totals.getLong("maps"));
      assertEquals(0, totals.getLong("mistakes"));
      assertFalse(totals.getBoolean("gateOpen"));
      assertEquals(1, recorded.events("Close").size());
      assertEquals(0, recorded.events("Failure").size());
      assertTrue(
          recorded.events("Target").stream().allMatch(event -> event.getLong("bytes") >= 0)
              && !recorded.events("Target").isEmpty());
    }
  }

  @Test
  void onlyADeflateThatHadToWaitForAMapIsRecordedAsAWait() throws Exception {
    var waits = new AtomicInteger();
    var hold = new CountDownLatch(1);
    var mapping = new CountDownLatch(1);
    try (var recorded = new Recorded();
        var world =
            new WatchedWorld(
                point -> {
                  if (point == Point.MAP) {
                    mapping.countDown();
                    awaitQuietly(hold);
                  }
                })) {
      world.engine.addListener(
          new EngineListener() {
            @Override
            public void deflateWaited(long bytes, long nanos) {
              assertEquals(4096, bytes);
              assertTrue(nanos >= 0);
              waits.incrementAndGet();
            }
          });
      world.engine.start();
      mapping.await();
      world.driver.load();
      world.driver.send(RingDriver.INFLATE, 4000);
      await(() -> world.driver.isReturned(RingDriver.INFLATE));
      world.driver.send(RingDriver.DEFLATE, 4000);
      await(() -> world.engine.counters().deflateMessages() == 1);
      assertFalse(world.driver.isReturned(RingDriver.DEFLATE));
      hold.countDown();
      await(() -> world.driver.isReturned(RingDriver.DEFLATE));
      world.engine.dmaReady().get(20, SECONDS);
      world.driver.send(RingDriver.INFLATE, 4001);
      await(() -> world.driver.isReturned(RingDriver.INFLATE));
      world.driver.send(RingDriver.DEFLATE, 4001);
      await(() -> world.driver.isReturned(RingDriver.DEFLATE));
      await(() -> waits.get() == 1);
      List<RecordedEvent> recordedWaits = recorded.events("DeflateWait");
      assertEquals(1, recordedWaits.size());
      assertEquals(4096, recordedWaits.getFirst().getLong("bytes"));
      assertTrue(recordedWaits.getFirst().getLong("took") > 0);
      assertTrue(recordedWaits.getFirst().getDuration().isPositive());
      assertTrue(recorded.events("Map").getFirst().getDuration().isPositive());
    }
  }

  @Test
  void refusalsResetsMistakesAndEarlyWishesAreRecorded() throws Exception {
    try (var recorded = new Recorded();
        var fixture = new EngineFixture()) {
      fixture.mapper.breakMaps(1);
      fixture.engine.dmaWanted();
      var driver = new RingDriver(fixture.memory.guestMemory(), fixture.engine.device());
      fixture.engine.start();
      fixture.engine.dmaReady().get(20, SECONDS);
      driver.load();
      driver.send(RingDriver.INFLATE, 1 << 30);
      await(() -> driver.isReturned(RingDriver.INFLATE));
      fixture.engine.device().writeStatus(0);
      await(() -> fixture.engine.device().status() == 0);
      await(() -> fixture.engine.deviceCounters().resets() > 0);

      RecordedEvent refusal = recorded.events("Refusal").getFirst();
      assertEquals("MAP", refusal.getString("operation"));
      assertEquals("EIO", refusal.getString("errno"));
      assertEquals("Other", refusal.getString("cause"));
      assertEquals(1, refusal.getInt("attempt"));
      assertEquals(
          1, recorded.events("Map").stream().filter(map -> map.getBoolean("refused")).count());
      assertEquals(
          "PAGE_OUTSIDE_MEMORY", recorded.events("GuestMistake").getFirst().getString("mistake"));
      assertEquals(1, recorded.events("Reset").size());
      assertEquals("HOLD", recorded.events("DmaWanted").getFirst().getString("policy"));
    }
  }

  @Test
  void anEngineThatFailedSaysSoAndStillEnds() throws Exception {
    try (var recorded = new Recorded()) {
      try (var world =
          new WatchedWorld(
              point -> {
                if (point == Point.GATE_OPEN) {
                  throw new IllegalStateException("a bug in the gate");
                }
              })) {
        world.engine.start();
        await(() -> !world.failures.isEmpty());
      }
      assertTrue(
          recorded.events("Failure").getFirst().getString("cause").contains("a bug in the gate"));
      assertEquals(1, recorded.events("Close").size());
    }
  }

  @Test
  void totalsComeEachPeriodWhileNothingElseHappens() throws Exception {
    try (var recorded = new Recorded();
        var fixture = new EngineFixture()) {
      recorded.recording.enable("dev.aerostat.Totals").withPeriod(Duration.ofMillis(20));
      fixture.engine.start();
      fixture.engine.dmaReady().get(20, SECONDS);
      int before = recorded.events("Totals").size();
      await(() -> recorded.events("Totals").size() >= before + 3);
    }
  }

  /** The thread that stops a recording asks for the last totals: it must not wait for itself. */
  @Test
  void aCallbackOnTheEventThreadMayStopTheRecording() throws Exception {
    try (var recorded = new Recorded();
        var fixture = new EngineFixture()) {
      var stopped = new CountDownLatch(1);
      fixture.engine.addListener(
          new EngineListener() {
            @Override
            public void progressed(Progress progress) {
              if (stopped.getCount() > 0) {
                boolean _ = recorded.recording.stop();
                stopped.countDown();
              }
            }
          });
      fixture.engine.start();
      assertTrue(stopped.await(20, SECONDS));
    }
  }

  @Test
  void aClosedEngineIsForgottenWhileTheRecordingGoesOn() throws Exception {
    try (var recorded = new Recorded()) {
      recorded.recording.enable("dev.aerostat.Totals").withPeriod(Duration.ofMillis(10));
      WeakReference<AsyncDmaMap> engine = closedEngine();
      await(
          () -> {
            System.gc();
            return engine.get() == null;
          });
    }
  }

  private static WeakReference<AsyncDmaMap> closedEngine() throws Exception {
    var fixture = new EngineFixture();
    fixture.engine.start();
    fixture.engine.dmaReady().get(20, SECONDS);
    fixture.close();
    return new WeakReference<>(fixture.engine);
  }

  @Test
  void aRemovedListenerHearsNoMoreAndAddedOnesAllHear() throws Exception {
    try (var fixture = new EngineFixture()) {
      var removed = new CountingListener();
      var first = new CountingListener();
      var second = new CountingListener();
      fixture.engine.addListener(removed);
      fixture.engine.addListener(first);
      fixture.engine.addListener(second);
      fixture.engine.removeListener(removed);
      fixture.engine.removeListener(removed);
      fixture.engine.start();
      fixture.engine.dmaReady().get(20, SECONDS);
      fixture.engine.close();
      assertEquals(0, removed.calls.get());
      assertEquals(first.calls.get(), second.calls.get());
      assertTrue(first.calls.get() > 0);
    }
  }

  private static final class CountingListener implements EngineListener {
    final AtomicInteger calls = new AtomicInteger();

    @Override
    public void hostCalled(HostCall call) {
      calls.incrementAndGet();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        fail("waited in vain");
      }
      Thread.sleep(1);
    }
  }
}
