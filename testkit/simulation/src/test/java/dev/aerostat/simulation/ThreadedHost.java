package dev.aerostat.simulation;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.AsyncDmaMapBuilder;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.guest.sim.GuestProfile;
import dev.aerostat.guest.sim.GuestState;
import dev.aerostat.guest.sim.SimulatedGuest;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.observer.Accounting;
import dev.aerostat.observer.Observer;
import dev.aerostat.virtio.VirtioDevice;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A simulated guest and a simulated mapper on a {@link RealTimeHost}.
 *
 * <p>Host calls take no time but what a test adds; the first map waits for the guest's first
 * message, or all would be mapped before a driver is up.
 */
final class ThreadedHost implements AutoCloseable {
  /** What a test may exchange. */
  record Setup(
      long memoryBytes,
      GuestProfile profile,
      Map<String, String> mapperOptions,
      UnaryOperator<EngineSettings.Builder> settings,
      UnaryOperator<DmaMapper> plugin,
      UnaryOperator<DmaMapper> mapper,
      UnaryOperator<AsyncDmaMapBuilder> engine) {
    static Setup of(GuestProfile profile) {
      return new Setup(
          128 << 20,
          profile,
          Map.of(),
          UnaryOperator.identity(),
          UnaryOperator.identity(),
          UnaryOperator.identity(),
          UnaryOperator.identity());
    }

    Setup withMapperOptions(Map<String, String> options) {
      return new Setup(memoryBytes, profile, options, settings, plugin, mapper, engine);
    }

    Setup withSettings(UnaryOperator<EngineSettings.Builder> changes) {
      return new Setup(memoryBytes, profile, mapperOptions, changes, plugin, mapper, engine);
    }

    /** Decorates the mapper behind the observer, which sees what it throws. */
    Setup withPlugin(UnaryOperator<DmaMapper> decorator) {
      return new Setup(memoryBytes, profile, mapperOptions, settings, decorator, mapper, engine);
    }

    /** Decorates the mapper in front of the observer, which does not see what is left out. */
    Setup withMapper(UnaryOperator<DmaMapper> decorator) {
      return new Setup(memoryBytes, profile, mapperOptions, settings, plugin, decorator, engine);
    }

    Setup withEngine(UnaryOperator<AsyncDmaMapBuilder> changes) {
      return new Setup(memoryBytes, profile, mapperOptions, settings, plugin, mapper, changes);
    }
  }

  private static final long PATIENCE_SECONDS = 60;

  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final SparseMemory sparse;
  private final RealTimeHost host;
  private final SimulatedGuest guest;

  ThreadedHost(Setup setup) throws IOException, HostRefusedException {
    sparse = SparseMemory.allocate(GuestLayout.q35(setup.memoryBytes()));
    GuestMemory memory = sparse.guestMemory();
    DmaMapper mapper =
        MapperProvider.named("sim")
            .orElseThrow()
            .open(new MapperRequest(memory, setup.mapperOptions(), 1, nanos -> {}));
    UnaryOperator<DmaMapper> waiting =
        MapperDecorator.with(nth -> MapperDecorator.await(interrupted));
    host =
        new RealTimeHost(
            memory,
            setup.plugin().apply(mapper),
            setup.settings().apply(EngineSettings.builder(memory)).build(),
            observed -> setup.mapper().apply(waiting.apply(observed)),
            setup.engine());
    var bus = new ResettingBus(new GuestBus(host.device(), host.observer()), host.observer());
    guest = new SimulatedGuest(memory, bus, host, setup.profile());
    host.connect(this::interrupt, guest::onConfigInterrupt);
  }

  private void interrupt(int queue) {
    interrupted.countDown();
    guest.onQueueInterrupt(queue);
  }

  AsyncDmaMap engine() {
    return host.engine();
  }

  VirtioDevice device() {
    return host.device();
  }

  boolean isGateOpen() {
    return host.isGateOpen();
  }

  void boot() throws InterruptedException {
    engine().start();
    onGuest(SimulatedGuest::load);
  }

  /** Does something to the guest on its own thread, and waits for that. */
  void onGuest(Consumer<SimulatedGuest> action) throws InterruptedException {
    Optional<Object> _ =
        askGuest(
            running -> {
              action.accept(running);
              return Optional.empty();
            });
  }

  GuestState guestState() throws InterruptedException {
    return askGuest(SimulatedGuest::state);
  }

  <T> T askGuest(Function<SimulatedGuest, T> question) throws InterruptedException {
    var answer = new CompletableFuture<T>();
    host.after(0, () -> answer.completeAsync(() -> question.apply(guest), Runnable::run));
    try {
      return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException failure) {
      throw new AssertionError("the guest failed", failure.getCause());
    } catch (TimeoutException late) {
      throw new AssertionError(inVain("the guest's thread"), late);
    }
  }

  /** Waits until the engine has nothing left to do, and the guest neither. */
  void awaitDone() throws InterruptedException {
    await("the engine to be done", () -> engine().progress().done());
    awaitGuest(GuestState.IDLE);
  }

  void awaitGuest(GuestState wanted) throws InterruptedException {
    long end = end();
    while (guestState() != wanted) {
      pause("a guest that is " + wanted, end);
    }
  }

  /** Waits until the guest's devices may do DMA. */
  void awaitReady() throws InterruptedException {
    await("DMA to be ready", engine().dmaReady()::isDone);
    engine().dmaReady().join();
  }

  /** Waits for longer than a loaded machine takes; in vain, it reports what it saw. */
  void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = end();
    while (!condition.getAsBoolean()) {
      pause(what, end);
    }
  }

  private static long end() {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
  }

  private void pause(String what, long end) throws InterruptedException {
    host.throwFailure();
    if (System.nanoTime() - end > 0) {
      throw new AssertionError(inVain(what));
    }
    Thread.sleep(1);
  }

  private String inVain(String what) {
    return "waited %d s in vain for %s; seen: %s".formatted(PATIENCE_SECONDS, what, this);
  }

  /** Asks nobody who might have to be waited for. */
  @Override
  public String toString() {
    return "gate open %s; status %d; target %d pages; %s; broken %s"
        .formatted(
            isGateOpen(),
            device().status(),
            device().readConfig(0, Integer.BYTES),
            engine().dmaReady(),
            observer().firstViolations());
  }

  /** Lets the observer look and count. */
  Accounting accounting() {
    observer().poll();
    return observer().accounting();
  }

  /** Ends the observer's watch: nothing may be outstanding any more. */
  Accounting finish() {
    return observer().finish();
  }

  Observer observer() {
    return host.observer();
  }

  long pages() {
    return sparse.guestMemory().pages();
  }

  @Override
  public void close() {
    interrupted.countDown();
    host.close();
    sparse.close();
  }
}
