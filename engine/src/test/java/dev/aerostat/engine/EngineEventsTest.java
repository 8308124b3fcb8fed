package dev.aerostat.engine;

import static dev.aerostat.engine.EngineFixture.MEMORY_BYTES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.EngineCounters;
import dev.aerostat.api.Progress;
import dev.aerostat.engine.WatchedWorld.Point;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a recording of Flight Recorder holds about an engine on its own threads. */
@Timeout(180)
final class EngineEventsTest {
  private static long sum(List<RecordedEvent> events, String field) {
    return events.stream().mapToLong(event -> event.getLong(field)).sum();
  }

  @Test
  void theMapsAndPopulatesOfABootAddUpToAllMemoryAndWereDoneByWorkers() throws Exception {
    try (var recorded = new Recorded();
        var fixture = new EngineFixture()) {
      fixture.engine.start();
      Patience.get("DMA to be ready", fixture.engine.dmaReady(), fixture);
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
        Patience.get("DMA to be ready", fixture.engine.dmaReady(), fixture);
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
      Patience.await("a map", mapping, world);
      world.driver.load();
      world.driver.send(RingDriver.INFLATE, 4000);
      Patience.until(
          "an inflate to be returned", () -> world.driver.isReturned(RingDriver.INFLATE), world);
      world.driver.send(RingDriver.DEFLATE, 4000);
      Patience.until(
          "a deflate to be read", () -> world.engine.counters().deflateMessages() == 1, world);
      assertFalse(world.driver.isReturned(RingDriver.DEFLATE));
      hold.countDown();
      Patience.until(
          "a deflate to be returned", () -> world.driver.isReturned(RingDriver.DEFLATE), world);
      Patience.get("DMA to be ready", world.engine.dmaReady(), world);
      world.driver.send(RingDriver.INFLATE, 4001);
      Patience.until(
          "an inflate to be returned", () -> world.driver.isReturned(RingDriver.INFLATE), world);
      world.driver.send(RingDriver.DEFLATE, 4001);
      Patience.until(
          "a deflate to be returned", () -> world.driver.isReturned(RingDriver.DEFLATE), world);
      Patience.until("one wait to be told", () -> waits.get() == 1, waits);
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
      Patience.get("DMA to be ready", fixture.engine.dmaReady(), fixture);
      driver.load();
      driver.send(RingDriver.INFLATE, 1 << 30);
      Patience.until(
          "an inflate to be returned", () -> driver.isReturned(RingDriver.INFLATE), fixture);
      fixture.engine.device().writeStatus(0);
      Patience.until(
          "the reset to be complete", () -> fixture.engine.device().status() == 0, fixture);
      Patience.until(
          "the reset to be counted", () -> fixture.engine.deviceCounters().resets() > 0, fixture);

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
        Patience.until("a failure", () -> !world.failures.isEmpty(), world);
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
      Patience.get("DMA to be ready", fixture.engine.dmaReady(), fixture);
      int before = recorded.events("Totals").size();
      Patience.until(
          "three more totals", () -> recorded.events("Totals").size() >= before + 3, fixture);
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
      Patience.await("the recording to be stopped", stopped, fixture);
    }
  }

  @Test
  void aClosedEngineIsForgottenWhileTheRecordingGoesOn() throws Exception {
    try (var recorded = new Recorded()) {
      recorded.recording.enable("dev.aerostat.Totals").withPeriod(Duration.ofMillis(10));
      WeakReference<AsyncDmaMap> engine = closedEngine();
      Patience.until(
          "the engine to be collected",
          () -> {
            System.gc();
            return engine.get() == null;
          },
          engine);
    }
  }

  private static WeakReference<AsyncDmaMap> closedEngine() throws Exception {
    var fixture = new EngineFixture();
    fixture.engine.start();
    Patience.get("DMA to be ready", fixture.engine.dmaReady(), fixture);
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
      Patience.get("DMA to be ready", fixture.engine.dmaReady(), fixture);
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
}
