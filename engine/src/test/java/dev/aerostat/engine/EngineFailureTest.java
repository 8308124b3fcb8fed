package dev.aerostat.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Gate;
import dev.aerostat.api.Granules;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.mapper.sim.SimulatedMapper;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.testkit.ForwardingTracker;
import dev.aerostat.tracker.IntervalTreeTracker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is told when an engine fails, when, and of what. */
@Timeout(180)
final class EngineFailureTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  /** A gate that runs {@code done} when the test says so. */
  private static final class HeldGate implements Gate {
    final CompletableFuture<Runnable> opening = new CompletableFuture<>();
    final CompletableFuture<Runnable> closing = new CompletableFuture<>();
    volatile boolean closed = true;

    @Override
    public void open(Runnable done) {
      closed = false;
      opening.complete(done);
    }

    @Override
    public void close(Runnable done) {
      closing.complete(
          () -> {
            closed = true;
            done.run();
          });
    }
  }

  /** A failure as the listener heard of it. */
  private record Heard(Throwable cause, String thread, boolean gateClosed, boolean futureDone) {}

  /** An engine whose tracker throws once it is told to. */
  private static final class World implements AutoCloseable {
    final HeldGate gate = new HeldGate();
    final ConcurrentLinkedQueue<Heard> heard = new ConcurrentLinkedQueue<>();
    final CountDownLatch hears = new CountDownLatch(1);
    final AsyncDmaMap engine;
    private final SparseMemory memory;
    private volatile Runnable bug = () -> {};

    World(Duration gatePatience) throws IOException {
      memory = SparseMemory.allocate(List.of(new GuestRange(0, EngineFixture.MEMORY_BYTES)));
      engine =
          AsyncDmaMap.builder(
                  memory.guestMemory(),
                  SimulatedMapper.open(EngineFixture.FAST, MapperRequest.of(memory.guestMemory())),
                  gate)
              .tracker(this::tracker)
              .listener(
                  new EngineListener() {
                    @Override
                    public void failed(Throwable cause) {
                      heard.add(
                          new Heard(
                              cause,
                              Thread.currentThread().getName(),
                              gate.closed,
                              World.this.engine.dmaReady().isDone()));
                      hears.countDown();
                    }
                  })
              .gatePatience(gatePatience)
              .build();
    }

    private BalloonTracker tracker(Granules granules) {
      return new ForwardingTracker(new IntervalTreeTracker(granules)) {
        @Override
        public long pages() {
          bug.run();
          return super.pages();
        }
      };
    }

    /** Lets the next look at the tracker throw, and brings it about. */
    void fail(Runnable thrower) {
      bug = thrower;
      engine.operatorTarget(0);
    }

    @Override
    public String toString() {
      return "gate asked to open %s, to close %s; heard %s"
          .formatted(gate.opening.isDone(), gate.closing.isDone(), heard);
    }

    @Override
    public void close() {
      bug = () -> {};
      var _ = gate.opening.thenAccept(Runnable::run);
      var _ = gate.closing.thenAccept(Runnable::run);
      engine.close();
      memory.close();
    }
  }

  private static Throwable thrownBy(Runnable thrower) {
    try {
      thrower.run();
    } catch (Throwable thrown) {
      return thrown;
    }
    throw new AssertionError("nothing was thrown");
  }

  @ParameterizedTest
  @EnumSource
  void whoWaitsForDmaGetsWhatWasThrown(Thrown thrown) throws Exception {
    Throwable cause = thrownBy(thrown::raise);
    boolean _ = Thread.interrupted();
    try (var world = new World(LONG)) {
      CompletableFuture<Void> ready = world.engine.dmaReady();
      world.engine.start();
      Patience.get("the gate to be asked to open", world.gate.opening, world);
      world.fail(thrown::raise);
      // Closing a gate that opens would be the next change before the last is done.
      world.gate.opening.join().run();
      Patience.get("the gate to be asked to close", world.gate.closing, world).run();
      Patience.await("the failure to be told", world.hears, world);
      assertSame(cause, world.heard.element().cause());
      assertCarries(cause, thrown, ready);
      assertCarries(cause, thrown, world.engine.dmaReady());
    }
  }

  private static void assertCarries(Throwable cause, Thrown thrown, CompletableFuture<Void> ready) {
    var failure =
        assertThrows(ExecutionException.class, () -> Patience.get("the failure", ready, thrown));
    assertFalse(ready.isCancelled());
    if (thrown == Thrown.UNPRINTABLE) {
      assertSame(
          cause, assertInstanceOf(IllegalStateException.class, failure.getCause()).getCause());
    } else {
      assertSame(cause, failure.getCause());
    }
  }

  private static List<Supplier<RuntimeException>> takenByFuturesForTheirOwn() {
    return List.of(
        () -> new CancellationException("expected in this test"),
        () -> new CompletionException("expected in this test", null));
  }

  @Test
  void aCauseThatAFutureTakesForItsOwnIsNoCancellation() throws Exception {
    for (Supplier<RuntimeException> kind : takenByFuturesForTheirOwn()) {
      RuntimeException cause = kind.get();
      try (var world = new World(LONG)) {
        CompletableFuture<Void> ready = world.engine.dmaReady();
        world.engine.start();
        world.fail(
            () -> {
              throw cause;
            });
        var _ = world.gate.opening.thenAccept(Runnable::run);
        var _ = world.gate.closing.thenAccept(Runnable::run);
        var failure =
            assertThrows(ExecutionException.class, () -> Patience.get("the failure", ready, world));
        assertFalse(ready.isCancelled());
        assertSame(
            cause, assertInstanceOf(IllegalStateException.class, failure.getCause()).getCause());
      }
    }
  }

  @Test
  void theListenerHearsOfItOnceOnTheEventThreadWithTheGateClosedAndBeforeTheFuture()
      throws Exception {
    var bug = new IllegalStateException("a tracker's bug, expected in this test");
    try (var world = new World(LONG)) {
      world.engine.start();
      Patience.get("the gate to be asked to open", world.gate.opening, world);
      world.fail(
          () -> {
            throw bug;
          });
      world.gate.opening.join().run();
      Runnable closed = Patience.get("the gate to be asked to close", world.gate.closing, world);
      closed.run();
      Patience.await("the failure to be told", world.hears, world);
      world.engine.close();
      assertEquals(
          List.of(new Heard(bug, "aerostat-events", true, false)), List.copyOf(world.heard));
    }
  }

  /** Fails once the gate is asked to open, which it never says that it has. */
  private static void startAndFail(World world, RuntimeException bug) throws Exception {
    world.engine.start();
    Patience.get("the gate to be asked to open", world.gate.opening, world);
    world.fail(
        () -> {
          throw bug;
        });
  }

  @Test
  void aGateThatNeverSaysThatItIsClosedKeepsTheFailureFromNobody() throws Exception {
    var bug = new IllegalStateException("a tracker's bug, expected in this test");
    try (var world = new World(Duration.ofMillis(50))) {
      CompletableFuture<Void> ready = world.engine.dmaReady();
      startAndFail(world, bug);
      Patience.await("the failure to be told before the close", world.hears, world);
      assertFalse(world.heard.element().gateClosed());
      var failure =
          assertThrows(ExecutionException.class, () -> Patience.get("the failure", ready, world));
      assertSame(bug, failure.getCause());
    }
  }

  @Test
  void aCloseThatComesFirstLeavesNobodyUntold() throws Exception {
    var bug = new IllegalStateException("a tracker's bug, expected in this test");
    try (var world = new World(Duration.ofMillis(50))) {
      CompletableFuture<Void> ready = world.engine.dmaReady();
      startAndFail(world, bug);
      world.engine.close();
      assertEquals(1, world.heard.size());
      assertTrue(ready.isCompletedExceptionally());
    }
  }
}
