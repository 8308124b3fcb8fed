package dev.aerostat.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.engine.WatchedWorld.Point;
import dev.aerostat.virtio.DeviceStatus;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is called back may throw whatever there is to throw, at any time. */
@Timeout(180)
final class CallbackTest {
  private static final Set<Point> TOLD =
      EnumSet.of(
          Point.PROGRESSED,
          Point.DMA_WANTED,
          Point.REFUSED,
          Point.STATISTICS,
          Point.HOST_CALLED,
          Point.DEFLATE_WAITED,
          Point.FAILED,
          Point.CLOSED,
          Point.INTERRUPT_QUEUE,
          Point.INTERRUPT_CONFIG);

  private static final Set<Point> HOST =
      EnumSet.of(
          Point.POPULATE,
          Point.MAP,
          Point.MAP_DONE,
          Point.UNMAP,
          Point.UNMAP_ALL,
          Point.UNMAP_ALL_DONE,
          Point.MAPPER_CLOSED);

  /** Each point throws each throwable the first time, and one of them every time. */
  static Stream<Arguments> throwing() {
    return Arrays.stream(Point.values())
        .flatMap(
            point ->
                Stream.concat(
                    Arrays.stream(Thrown.values()).map(thrown -> Arguments.of(point, thrown, 1)),
                    Stream.of(Arguments.of(point, Thrown.CHECKED, Integer.MAX_VALUE))));
  }

  @ParameterizedTest
  @MethodSource("throwing")
  void noThrowLosesAMessageOpensTheGateEarlyUnmapsUnderDmaOrKeepsAClose(
      Point point, Thrown thrown, int times) throws Exception {
    var left = new AtomicInteger(times);
    try (var world =
        new WatchedWorld(
            here -> {
              if (here == point && left.getAndUpdate(now -> Math.max(0, now - 1)) > 0) {
                thrown.raise();
              }
            })) {
      boolean hostNeverMaps =
          times > 1 && EnumSet.of(Point.POPULATE, Point.MAP, Point.MAP_DONE).contains(point);
      boolean gateNeverCloses = times > 1 && point == Point.GATE_CLOSE;
      live(world, point, hostNeverMaps);
      close(world);
      assertEquals(List.of(), List.copyOf(world.breaches));
      boolean failed = !world.failures.isEmpty();
      assertTrue(
          !failed || !(TOLD.contains(point) || HOST.contains(point)),
          () -> "failed by what is no reason to: " + world.failures);
      if (gateNeverCloses) {
        assertTrue(failed, "nobody was told that the gate does not close");
        assertEquals(
            EngineFixture.MEMORY_BYTES, world.host.mappedBytes(), "unmapped, with DMA under way");
        world.host.close();
      } else {
        assertTrue(world.isGateClosed(), "the gate is left open");
        assertEquals(0, world.host.mappedBytes());
        afterwards(world);
      }
    }
  }

  /** A guest that does all there is to do, as far as the engine takes part. */
  private static void live(WatchedWorld world, Point point, boolean neverMaps) throws Exception {
    boolean goesOn = TOLD.contains(point) || HOST.contains(point);
    world.engine.dmaWanted();
    world.engine.start();
    if (neverMaps) {
      world.driver.load();
      world.driver.send(RingDriver.INFLATE, 4000);
      Patience.until(
          "the inflate to be returned", () -> world.driver.isReturned(RingDriver.INFLATE), world);
      return;
    }
    Patience.until(
        "the gate, or a failure", () -> world.isGateOpen() || !world.failures.isEmpty(), world);
    world.driver.load();
    world.driver.sendStatistics();
    world.engine.requestStatistics();
    for (int pfn = 4000; pfn < 4003; pfn++) {
      world.driver.send(RingDriver.INFLATE, pfn);
      awaitUnlessStuck(world, point, RingDriver.INFLATE);
      world.driver.send(RingDriver.DEFLATE, pfn);
      awaitUnlessStuck(world, point, RingDriver.DEFLATE);
    }
    world.engine.operatorTarget(0);
    if (goesOn) {
      assertTrue(world.isGateOpen(), "the gate closed for no reason");
      assertEquals(0, world.engine.device().status() & DeviceStatus.NEEDS_RESET);
    }
    if (!isStuck(world, point)) {
      reset(world);
    }
  }

  /** With its gate open for good an engine that failed keeps what it can no longer judge. */
  private static boolean isStuck(WatchedWorld world, Point point) {
    return point == Point.GATE_CLOSE && !world.failures.isEmpty();
  }

  private static void awaitUnlessStuck(WatchedWorld world, Point point, int queue)
      throws Exception {
    Patience.until(
        "queue " + queue + " to be returned",
        () -> world.driver.isReturned(queue) || isStuck(world, point),
        world);
  }

  private static void reset(WatchedWorld world) throws Exception {
    world.engine.device().writeStatus(0);
    Patience.until("the reset to be complete", () -> world.engine.device().status() == 0, world);
    world.driver.load();
    world.driver.send(RingDriver.INFLATE, 4000);
    Patience.until("a message after it", () -> world.driver.isReturned(RingDriver.INFLATE), world);
  }

  private static void close(WatchedWorld world) throws Exception {
    Thread closer =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    world.engine.close();
                  } catch (Throwable _) {
                    // What the mapper's own close throws is passed on.
                  }
                });
    Patience.join("close() to return", closer, world);
  }

  /** The device is shut, not dead: a guest that still runs waits for nothing. */
  private static void afterwards(WatchedWorld world) throws Exception {
    int status = world.engine.device().status();
    assertTrue(status == 0 || (status & DeviceStatus.NEEDS_RESET) != 0, () -> "status " + status);
    assertTrue(world.engine.dmaReady().isDone());
    world.engine.device().writeStatus(0);
    assertEquals(0, world.engine.device().status());
    world.driver.load();
    world.driver.send(RingDriver.INFLATE, 5000);
    assertTrue(world.driver.isReturned(RingDriver.INFLATE), "an inflate after the close");
    world.driver.send(RingDriver.DEFLATE, 5000);
    assertTrue(world.driver.isReturned(RingDriver.DEFLATE), "a deflate after the close");
    assertTrue((world.engine.device().status() & DeviceStatus.NEEDS_RESET) != 0);
  }
}
