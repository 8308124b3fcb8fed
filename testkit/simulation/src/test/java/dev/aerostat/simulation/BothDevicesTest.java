package dev.aerostat.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Gate;
import dev.aerostat.api.GuestMemory;
import dev.aerostat.api.GuestRange;
import dev.aerostat.api.HostAddress;
import dev.aerostat.api.HostRefusedException;
import dev.aerostat.api.IovaRange;
import dev.aerostat.api.SparseMemory;
import dev.aerostat.engine.AsyncDmaMap;
import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.engine.VirtioMem;
import dev.aerostat.guest.sim.BalloonPage;
import dev.aerostat.guest.sim.DriverBehaviour;
import dev.aerostat.guest.sim.GuestCosts;
import dev.aerostat.guest.sim.GuestProfile;
import dev.aerostat.guest.sim.MemDriver;
import dev.aerostat.guest.sim.SimulatedGuest;
import dev.aerostat.mapper.spi.DmaMapper;
import dev.aerostat.mapper.spi.MapperProvider;
import dev.aerostat.mapper.spi.MapperRequest;
import dev.aerostat.mem.virtio.MemSettings;
import dev.aerostat.testkit.ForwardingMapper;
import dev.aerostat.virtio.DeviceStatus;
import dev.aerostat.virtio.VirtioDevice;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One engine with threads, a balloon driver and a virtio-mem driver, judged page by page. */
@Timeout(180)
final class BothDevicesTest {
  private static final long MIB = 1L << 20;
  private static final GuestRange BOOT = GuestRange.ofLength(0, 128 * MIB);

  /** Where the virtio-mem driver has its ring: in memory that the balloon's guest does not use. */
  private static final GuestRange RING = GuestRange.ofLength(256 * MIB, 2 * MIB);

  private static final GuestRange REGION = GuestRange.ofLength(512 * MIB, 384 * MIB);
  private static final long ALL = BOOT.length() + RING.length() + REGION.length();
  private static final long PATIENCE_SECONDS = 60;

  @Test
  void theGuestGetsAllOfItsMemoryMapped() throws Exception {
    try (var world = new World(true, UnaryOperator.identity())) {
      world.boot();
      world.await(world::isWhole);
      assertEquals(REGION.length(), world.driver.pluggedBytes());
      assertEquals(3, world.driver.acknowledged(), "128 MiB a request");
      assertEquals(0, world.driver.refused());
      assertEquals(0, world.engine().progress().withheldBytes());
      world.assertNoViolations();
    }
  }

  @Test
  void virtioMemAloneDoes() throws Exception {
    try (var world = new World(false, UnaryOperator.identity())) {
      world.boot();
      world.await(world::isWhole);
      assertEquals(REGION.length(), world.driver.pluggedBytes());
      world.assertNoViolations();
    }
  }

  @Test
  void theGateOpensBeforeAnythingOfTheRegionIsMapped() throws Exception {
    var open = new CountDownLatch(1);
    try (var world = new World(true, mapper -> heldBack(mapper, open))) {
      world.boot();
      world.await(world.engine().dmaReady()::isDone);
      long unmapped = world.engine().progress().unpluggedBytes();
      assertEquals(REGION.length(), unmapped);
      assertTrue(world.engine().progress().mappedBytes() <= BOOT.length() + RING.length());
      open.countDown();
      world.await(world::isWhole);
      world.assertNoViolations();
    } finally {
      open.countDown();
    }
  }

  @Test
  void whatTheGuestGivesBackStaysMappedAndIsPluggedAgainAtOnce() throws Exception {
    try (var world = new World(true, UnaryOperator.identity())) {
      world.boot();
      world.await(world::isWhole);
      world.engine().requestMemory(64 * MIB);
      world.await(() -> world.driver.pluggedBytes() == 64 * MIB);
      world.await(() -> world.engine().progress().unpluggedBytes() == REGION.length() - 64 * MIB);
      assertEquals(ALL, world.engine().progress().mappedBytes());
      world.engine().requestMemory(REGION.length());
      world.await(world::isWhole);
      world.assertNoViolations();
    }
  }

  @Test
  void aWishOfNoWholeStepIsFulfilled() throws Exception {
    try (var world = new World(true, UnaryOperator.identity())) {
      world.engine().requestMemory(70 * MIB);
      world.boot();
      world.await(() -> world.driver.pluggedBytes() == 70 * MIB);
      world.engine().requestMemory(130 * MIB);
      world.await(() -> world.driver.pluggedBytes() == 130 * MIB);
      world.assertNoViolations();
    }
  }

  @Test
  void aWishOfBeforeTheStartIsTheFirstThatTheGuestIsShown() throws Exception {
    var shown = new RequestedSizes();
    try (var world = new World(false, UnaryOperator.identity(), false, shown)) {
      shown.device.complete(world.engine().memDevice().orElseThrow());
      world.engine().requestMemory(64 * MIB);
      world.boot();
      world.await(() -> world.driver.pluggedBytes() == 64 * MIB);
      assertEquals(Set.of(64 * MIB), shown.sizes);
      world.assertNoViolations();
    }
  }

  @Test
  void interruptsThatThrowLoseNothing() throws Exception {
    var thrown = new ThrownInterrupts();
    try (var world = new World(true, UnaryOperator.identity(), true, thrown)) {
      world.boot();
      world.await(world::isWhole);
      assertTrue(thrown.queues.get() > 0 && thrown.configs.get() > 0, "none was sent");
      world.assertNoViolations();
    }
  }

  /** Linux repeats what was refused at once, as long as it is asked for more than it has. */
  @Test
  void anEngineThatHasEndedAsksForNothing() throws Exception {
    try (var world = new World(false, UnaryOperator.identity())) {
      world.boot();
      world.engine().dmaReady().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      var device = world.engine().memDevice().orElseThrow();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      while (device.readConfig(48, 8) == 0) {
        assertTrue(System.nanoTime() - end < 0, "asked for nothing");
        Thread.sleep(1);
      }
      world.engine().close();
      assertEquals(0, device.readConfig(48, 8));
      assertTrue(world.driver.isContent());
      assertEquals(DeviceStatus.NEEDS_RESET, device.status() & DeviceStatus.NEEDS_RESET);
    }
  }

  @Test
  void aNewDriverFindsWhatIsPluggedAndBeginsAnew() throws Exception {
    try (var world = new World(true, UnaryOperator.identity())) {
      world.boot();
      world.await(world::isWhole);
      var device = world.engine().memDevice().orElseThrow();
      world.driver.unload();
      device.reset().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      world.host.observer().plugsReset();
      assertEquals(REGION.length(), device.readConfig(40, 8));
      long before = world.driver.acknowledged();
      world.driver.load();
      world.await(world::isWhole);
      assertEquals(before + 4, world.driver.acknowledged(), "all unplugged, then plugged");
      world.assertNoViolations();
    }
  }

  @Test
  void aRegionMayBeAPartOfTheMemorysRegions() throws Exception {
    var part = GuestRange.ofLength(BOOT.length() / 2, 32 * MIB);
    try (SparseMemory ram = SparseMemory.allocate(List.of(BOOT));
        AsyncDmaMap engine =
            AsyncDmaMap.builder(ram.guestMemory(), open(ram.guestMemory()), Gate.ofNoDevice())
                .virtioMem(new VirtioMem(MemSettings.of(part), new NoInterrupts()))
                .build()) {
      engine.start();
      engine.dmaReady().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertEquals(32 * MIB, engine.progress().unpluggedBytes());
    }
  }

  private static DmaMapper open(GuestMemory memory) throws HostRefusedException {
    return MapperProvider.named("sim").orElseThrow().open(MapperRequest.of(memory));
  }

  /** Maps nothing of the region before the latch is open. */
  private static DmaMapper heldBack(DmaMapper mapper, CountDownLatch open) {
    return new ForwardingMapper(mapper) {
      @Override
      public void map(IovaRange iova, HostAddress host) throws HostRefusedException {
        if (iova.start() >= REGION.start()) {
          boolean _ = MapperDecorator.await(open);
        }
        super.map(iova, host);
      }
    };
  }

  private static final class NoInterrupts implements DeviceInterrupts {
    @Override
    public void queue(int queue) {}

    @Override
    public void config() {}
  }

  /** Sees what the device asks for whenever that changes. */
  private static final class RequestedSizes implements DeviceInterrupts {
    final CompletableFuture<VirtioDevice> device = new CompletableFuture<>();
    final Set<Long> sizes = ConcurrentHashMap.newKeySet();

    @Override
    public void queue(int queue) {}

    @Override
    public void config() {
      sizes.add(device.join().readConfig(48, 8));
    }
  }

  private static final class ThrownInterrupts implements DeviceInterrupts {
    final AtomicInteger queues = new AtomicInteger();
    final AtomicInteger configs = new AtomicInteger();

    @Override
    public void queue(int queue) {
      throw new IllegalStateException("interrupt " + queues.incrementAndGet());
    }

    @Override
    public void config() {
      throw new StackOverflowError("interrupt " + configs.incrementAndGet());
    }
  }

  /** A guest, its two drivers, and the engine. The test's thread is the virtio-mem driver's. */
  private static final class World implements AutoCloseable {
    final RealTimeHost host;
    final MemDriver driver;
    private final SparseMemory ram;
    private final boolean balloon;
    private final SimulatedGuest guest;

    World(boolean balloon, UnaryOperator<DmaMapper> plugin)
        throws IOException, HostRefusedException {
      this(balloon, plugin, true, new NoInterrupts());
    }

    World(
        boolean balloon,
        UnaryOperator<DmaMapper> plugin,
        boolean preMap,
        DeviceInterrupts interrupts)
        throws IOException, HostRefusedException {
      this.balloon = balloon;
      ram = SparseMemory.allocate(List.of(BOOT, RING, REGION));
      GuestMemory memory = ram.guestMemory();
      host =
          new RealTimeHost(
              memory,
              plugin.apply(open(memory)),
              EngineSettings.builder(memory)
                  .prefaultThreads(2)
                  .guestMinimumBytes(0)
                  .preMap(preMap)
                  .build(),
              UnaryOperator.identity(),
              builder -> builder.virtioMem(new VirtioMem(MemSettings.of(REGION), interrupts)));
      host.observer().withhold(REGION, 2 * MIB);
      driver =
          new MemDriver(
              memory,
              new MemBus(host.engine().memDevice().orElseThrow(), host.observer()),
              RING.start());
      guest =
          new SimulatedGuest(
              GuestMemory.of(List.of(memory.region(0))),
              new GuestBus(host.device(), host.observer()),
              host,
              GuestProfile.of(DriverBehaviour.LINUX)
                  .withBalloonPage(BalloonPage.SMALL)
                  .withCosts(new GuestCosts(0, 0, 0, 0)));
      host.connect(guest::onQueueInterrupt, guest::onConfigInterrupt);
    }

    AsyncDmaMap engine() {
      return host.engine();
    }

    void boot() {
      driver.load();
      if (balloon) {
        host.after(0, guest::load);
      }
      engine().start();
    }

    boolean isWhole() {
      return driver.isContent()
          && driver.pluggedBytes() == REGION.length()
          && engine().progress().done();
    }

    void await(BooleanSupplier condition) throws InterruptedException {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      while (!condition.getAsBoolean()) {
        host.throwFailure();
        host.observer().poll();
        if (!driver.step()) {
          Thread.sleep(1);
        }
        if (System.nanoTime() - end > 0) {
          throw new AssertionError(
              "waited in vain; %s, %s".formatted(engine().progress(), driver.pluggedBytes()));
        }
      }
    }

    void assertNoViolations() {
      host.observer().poll();
      assertEquals(List.of(), host.observer().firstViolations());
    }

    @Override
    public void close() {
      host.close();
      ram.close();
    }
  }
}
