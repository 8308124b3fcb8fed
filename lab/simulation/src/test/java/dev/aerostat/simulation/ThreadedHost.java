package dev.aerostat.simulation;

import dev.aerostat.api.Gate;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.MapFailurePolicy;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.balloon.virtio.BalloonDevice;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.AsyncDmaMapBuilder;
import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.engine.GranulePlan;
import dev.aerostat.guest.sim.GuestProfile;
import dev.aerostat.guest.sim.GuestState;
import dev.aerostat.guest.sim.SimulatedGuest;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.simulation.observer.Accounting;
import dev.aerostat.simulation.observer.Observer;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The engine on its own threads, a guest on a third, in real time, and the observer between them
 * under one lock.
 *
 * <p>The observer looks before the guest takes an interrupt, so no message's buffer is written anew
 * unseen, and before anybody hears of a used buffer, so no acknowledgement is judged late. Host
 * calls take no time but what a test adds outside the lock; the first map waits for the guest's
 * first message, or all would be mapped before a driver is up.
 */
final class ThreadedHost implements DeviceInterrupts, Gate, AutoCloseable {
  /** What a test may exchange. */
  record Setup(
      long memoryBytes,
      GuestProfile profile,
      Map<String, String> mapperOptions,
      MapFailurePolicy observed,
      UnaryOperator<EngineSettings> settings,
      UnaryOperator<DmaMapper> mapper,
      UnaryOperator<AsyncDmaMapBuilder> engine) {
    static Setup of(GuestProfile profile) {
      return new Setup(
          128 << 20,
          profile,
          Map.of(),
          MapFailurePolicy.HOLD,
          UnaryOperator.identity(),
          UnaryOperator.identity(),
          UnaryOperator.identity());
    }

    Setup withMapperOptions(Map<String, String> options) {
      return new Setup(memoryBytes, profile, options, observed, settings, mapper, engine);
    }

    /** A close may acknowledge what is not mapped, once the gate is closed. */
    Setup thatIsClosedEarly() {
      return new Setup(
          memoryBytes,
          profile,
          mapperOptions,
          MapFailurePolicy.CLOSE_GATE_AND_ACK,
          settings,
          mapper,
          engine);
    }

    Setup withSettings(UnaryOperator<EngineSettings> changes) {
      return new Setup(memoryBytes, profile, mapperOptions, observed, changes, mapper, engine);
    }

    Setup withMapper(UnaryOperator<DmaMapper> decorator) {
      return new Setup(memoryBytes, profile, mapperOptions, observed, settings, decorator, engine);
    }

    Setup withEngine(UnaryOperator<AsyncDmaMapBuilder> changes) {
      return new Setup(memoryBytes, profile, mapperOptions, observed, settings, mapper, changes);
    }
  }

  private final Object watch = new Object();
  private final ScheduledExecutorService vcpu =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("vcpu-0").daemon().factory());
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final CompletableFuture<Void> guestFailure = new CompletableFuture<>();
  private final SparseMemory sparse;
  private final GuestMemory memory;
  private final Observer observer;
  private final AsyncDmaMap engine;
  private final SimulatedGuest guest;
  private volatile boolean gateOpen;

  ThreadedHost(Setup setup) throws IOException, HostRefusedException {
    sparse = SparseMemory.allocate(GuestLayout.q35(setup.memoryBytes()));
    memory = sparse.guestMemory();
    DmaMapper mapper =
        MapperProvider.named("sim")
            .orElseThrow()
            .open(new MapperRequest(memory, setup.mapperOptions(), 1, nanos -> {}));
    EngineSettings settings = setup.settings().apply(EngineSettings.forMemory(memory));
    long planned = GranulePlan.of(memory, mapper.limits(), settings.reservedEntries()).count();
    observer = new Observer(memory, setup.observed(), planned, System::nanoTime);
    DmaMapper observed = new LockedMapper(observer.observe(mapper, () -> 0), watch);
    DmaMapper waiting =
        MapperDecorator.with(nth -> MapperDecorator.await(interrupted)).apply(observed);
    engine =
        setup
            .engine()
            .apply(AsyncDmaMap.builder(memory, setup.mapper().apply(waiting), observedGate()))
            .settings(settings)
            .interrupts(this)
            .build();
    var bus = new LockedBus(new GuestBus(engine.device(), observer), observer, watch);
    guest = new SimulatedGuest(memory, bus, this::after, setup.profile());
  }

  private Gate observedGate() {
    Gate observed = observer.observe(this);
    return new Gate() {
      @Override
      public void open(Runnable done) {
        locked(() -> observed.open(done));
      }

      @Override
      public void close(Runnable done) {
        locked(() -> observed.close(done));
      }
    };
  }

  private void locked(Runnable action) {
    synchronized (watch) {
      action.run();
    }
  }

  AsyncDmaMap engine() {
    return engine;
  }

  BalloonDevice device() {
    return engine.device();
  }

  boolean isGateOpen() {
    return gateOpen;
  }

  void boot() throws InterruptedException {
    engine.start();
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
    try {
      Callable<T> call = () -> question.apply(guest);
      return vcpu.submit(call).get();
    } catch (ExecutionException failure) {
      throw new AssertionError("the guest failed", failure.getCause());
    }
  }

  /** Waits until the engine has nothing left to do, and the guest neither. */
  void awaitDone() throws InterruptedException {
    await(() -> engine.progress().done());
    while (guestState() != GuestState.IDLE) {
      Thread.sleep(1);
    }
  }

  void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      if (guestFailure.isDone()) {
        guestFailure.join();
      }
      Thread.sleep(1);
    }
  }

  /** Lets the observer look and count. */
  Accounting accounting() {
    synchronized (watch) {
      observer.poll();
      return observer.accounting();
    }
  }

  /** Ends the observer's watch: nothing may be outstanding any more. */
  Accounting finish() {
    synchronized (watch) {
      return observer.finish();
    }
  }

  Observer observer() {
    return observer;
  }

  long pages() {
    return memory.pages();
  }

  private void after(long nanos, Runnable action) {
    var _ = vcpu.schedule(() -> guarded(action), nanos, TimeUnit.NANOSECONDS);
  }

  private void guarded(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error failure) {
      guestFailure.completeExceptionally(failure);
    }
  }

  @Override
  public void queue(int queue) {
    locked(observer::poll);
    interrupted.countDown();
    vcpu.execute(
        () ->
            guarded(
                () -> {
                  locked(observer::poll);
                  guest.onQueueInterrupt(queue);
                }));
  }

  @Override
  public void config() {
    vcpu.execute(() -> guarded(guest::onConfigInterrupt));
  }

  @Override
  public void open(Runnable done) {
    gateOpen = true;
    done.run();
  }

  @Override
  public void close(Runnable done) {
    gateOpen = false;
    done.run();
  }

  @Override
  public void close() {
    interrupted.countDown();
    engine.close();
    vcpu.shutdownNow();
    vcpu.close();
    sparse.close();
  }
}
