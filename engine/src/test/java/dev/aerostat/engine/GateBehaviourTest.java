package dev.aerostat.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Gate;
import dev.aerostat.engine.WatchedWorld.Point;
import dev.aerostat.virtio.DeviceStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Gates that run {@code done} twice, late, never, or from anywhere. */
@Timeout(180)
final class GateBehaviourTest {
  /** How a gate runs {@code done}. */
  enum Manner {
    TWICE {
      @Override
      void run(Runnable done) {
        done.run();
        done.run();
      }
    },
    ON_ANOTHER_THREAD {
      @Override
      void run(Runnable done) {
        var _ = Thread.ofPlatform().start(done);
      }
    },
    LATE {
      @Override
      void run(Runnable done) {
        var _ =
            CompletableFuture.runAsync(
                done, CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS));
      }
    },
    TWICE_AND_LATE {
      @Override
      void run(Runnable done) {
        for (int millis : new int[] {20, 40}) {
          var _ =
              CompletableFuture.runAsync(
                  done, CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS));
        }
      }
    };

    abstract void run(Runnable done);
  }

  private record MannerlyGate(Manner manner) implements Gate {
    @Override
    public void open(Runnable done) {
      manner.run(done);
    }

    @Override
    public void close(Runnable done) {
      manner.run(done);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aGateThatIsDoneInAnyMannerOpensOnceAndClosesOnce(Manner manner) throws Exception {
    try (var world = new WatchedWorld(_ -> {}, new MannerlyGate(manner))) {
      world.engine.start();
      Patience.get("DMA to be ready", world.engine.dmaReady(), world);
      world.driver.load();
      for (int pfn = 4000; pfn < 4100; pfn++) {
        world.driver.send(RingDriver.INFLATE, pfn);
        Patience.until(
            "an inflate to be returned", () -> world.driver.isReturned(RingDriver.INFLATE), world);
      }
      assertTrue(world.isGateOpen());
      world.engine.close();
      assertTrue(world.isGateClosed());
      assertEquals(0, world.host.mappedBytes());
      assertEquals(List.of(), List.copyOf(world.failures));
      assertEquals(List.of(), List.copyOf(world.breaches));
    }
  }

  /** Runs what it is given only when told to. */
  private static final class HeldGate implements Gate {
    final AtomicReference<Runnable> opened = new AtomicReference<>(() -> {});
    final AtomicReference<Runnable> closed = new AtomicReference<>(() -> {});
    final CountDownLatch openAsked = new CountDownLatch(1);
    final CountDownLatch closeAsked = new CountDownLatch(1);

    @Override
    public void open(Runnable done) {
      opened.set(done);
      openAsked.countDown();
    }

    @Override
    public void close(Runnable done) {
      closed.set(done);
      closeAsked.countDown();
    }
  }

  @Test
  void aGateThatNeverClosesKeepsItsMemoryMappedAndNobodyWaiting() throws Exception {
    var gate = new HeldGate();
    try (var world = new WatchedWorld(_ -> {}, gate)) {
      world.engine.start();
      Patience.await("the gate to be asked to open", gate.openAsked, world);
      gate.opened.get().run();
      Patience.get("DMA to be ready", world.engine.dmaReady(), world);
      world.driver.load();
      world.engine.close();
      assertEquals(EngineFixture.MEMORY_BYTES, world.host.mappedBytes());
      assertEquals(1, world.failures.size());
      assertEquals(List.of(), List.copyOf(world.breaches));
      assertTrue((world.engine.device().status() & DeviceStatus.NEEDS_RESET) != 0);
      world.engine.device().writeStatus(0);
      assertTrue(world.engine.device().status() != 0, "a reset took effect with DMA under way");
      world.host.close();
    }
  }

  @Test
  void aGateThatNeverOpensKeepsNobodyWaiting() throws Exception {
    var gate = new HeldGate();
    try (var world = new WatchedWorld(_ -> {}, gate)) {
      world.engine.start();
      Patience.await("the gate to be asked to open", gate.openAsked, world);
      world.engine.close();
      assertEquals(1, gate.closeAsked.getCount(), "a close while an open is under way");
      assertEquals(EngineFixture.MEMORY_BYTES, world.host.mappedBytes());
      assertEquals(List.of(), List.copyOf(world.breaches));
      world.host.close();
    }
  }

  @Test
  void anEngineThatFailsWhileItsGateOpensClosesItOnceItIsOpen() throws Exception {
    var gate = new HeldGate();
    var broken = new AtomicBoolean();
    try (var world =
        new WatchedWorld(
            point -> {
              if (broken.get() && point == Point.PAGES) {
                throw new IllegalStateException("a tracker's bug, expected in this test");
              }
            },
            gate)) {
      world.engine.start();
      Patience.await("the gate to be asked to open", gate.openAsked, world);
      broken.set(true);
      world.engine.operatorTarget(0);
      Patience.until("a failure", () -> !world.failures.isEmpty(), world);
      assertEquals(1, gate.closeAsked.getCount(), "a close while an open is under way");
      gate.opened.get().run();
      Patience.await("the gate to be asked to close", gate.closeAsked, world);
      var closed = CompletableFuture.runAsync(world.engine::close);
      assertEquals(EngineFixture.MEMORY_BYTES, world.host.mappedBytes());
      assertFalse(closed.isDone(), "closed before its gate");
      gate.closed.get().run();
      Patience.get("the close", closed, world);
      assertEquals(0, world.host.mappedBytes());
      assertEquals(List.of(), List.copyOf(world.breaches));
    }
  }

  /** The device asks for a reset, and the driver's reset must then complete, with no DMA. */
  @Test
  void aResetOfAnEngineThatFailedWaitsForTheGateAndThenTakesEffect() throws Exception {
    var gate = new HeldGate();
    var broken = new AtomicBoolean();
    try (var world =
        new WatchedWorld(
            point -> {
              if (broken.get() && point == Point.INFLATE) {
                throw new IllegalStateException("a tracker's bug, expected in this test");
              }
            },
            gate)) {
      world.engine.start();
      Patience.await("the gate to be asked to open", gate.openAsked, world);
      gate.opened.get().run();
      Patience.get("DMA to be ready", world.engine.dmaReady(), world);
      world.driver.load();
      broken.set(true);
      world.driver.send(RingDriver.INFLATE, 4000);
      Patience.await("the gate to be asked to close", gate.closeAsked, world);
      assertTrue((world.engine.device().status() & DeviceStatus.NEEDS_RESET) != 0);
      world.engine.device().writeStatus(0);
      Patience.until("a failure", () -> !world.failures.isEmpty(), world);
      assertTrue(world.engine.device().status() != 0, "a reset took effect with DMA under way");
      gate.closed.get().run();
      Patience.until("the reset to be complete", () -> world.engine.device().status() == 0, world);
      assertEquals(List.of(), List.copyOf(world.breaches));
    }
  }

  @Test
  void aDoneOfAnEarlierChangeIsNotTakenForThatOfALaterOne() throws Exception {
    var gate = new HeldGate();
    try (var world = new WatchedWorld(_ -> {}, gate)) {
      world.engine.start();
      Patience.await("the gate to be asked to open", gate.openAsked, world);
      gate.opened.get().run();
      Patience.get("DMA to be ready", world.engine.dmaReady(), world);
      var closed = CompletableFuture.runAsync(world.engine::close);
      Patience.await("the gate to be asked to close", gate.closeAsked, world);
      gate.opened.get().run();
      assertEquals(EngineFixture.MEMORY_BYTES, world.host.mappedBytes());
      gate.closed.get().run();
      Patience.get("the close", closed, world);
      gate.closed.get().run();
      assertEquals(List.of(), List.copyOf(world.breaches));
      assertEquals(List.of(), List.copyOf(world.failures));
      assertTrue(world.isGateClosed());
    }
  }

  /** A guest whose vCPUs nobody stopped: each does what it likes with a device that is shut. */
  @Test
  void aDeviceThatIsShutWithstandsSeveralCpusAtOnceAndAnswersTheLastOfThem() throws Exception {
    try (var world = new WatchedWorld(_ -> {})) {
      world.engine.start();
      Patience.get("DMA to be ready", world.engine.dmaReady(), world);
      world.driver.load();
      world.engine.close();
      var cpus = new ArrayList<CompletableFuture<Void>>();
      for (int cpu = 0; cpu < 4; cpu++) {
        cpus.add(
            CompletableFuture.runAsync(
                () -> {
                  for (int i = 0; i < 2_000; i++) {
                    world.engine.device().writeStatus(i % 7);
                    world.engine.device().notifyQueue(i % 3);
                    world.engine.notifyQueue(i % 3);
                  }
                }));
      }
      for (CompletableFuture<Void> cpu : cpus) {
        Patience.get("a vCPU", cpu, world);
      }
      world.engine.device().writeStatus(0);
      assertEquals(0, world.engine.device().status());
      world.driver.load();
      world.driver.send(RingDriver.DEFLATE, 5000);
      assertTrue(world.driver.isReturned(RingDriver.DEFLATE));
    }
  }
}
