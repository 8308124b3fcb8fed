package dev.aerostat.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.BalloonTracker;
import dev.aerostat.api.Granules;
import dev.aerostat.guest.sim.BalloonPage;
import dev.aerostat.guest.sim.DriverBehaviour;
import dev.aerostat.guest.sim.GuestAccounts;
import dev.aerostat.guest.sim.GuestCosts;
import dev.aerostat.guest.sim.GuestProfile;
import dev.aerostat.guest.sim.GuestState;
import dev.aerostat.guest.sim.SimulatedGuest;
import dev.aerostat.observer.Accounting;
import dev.aerostat.observer.Check;
import dev.aerostat.observer.Violation;
import dev.aerostat.simulation.MapperDecorator.MapCall;
import dev.aerostat.simulation.ThreadedHost.Setup;
import dev.aerostat.tracker.BitmapTracker;
import dev.aerostat.virtio.DeviceStatus;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Boots with real threads, in real time, judged page by page. */
@Timeout(180)
final class ThreadedBootTest {
  private static final long SLOW_MAP_NANOS = 500_000_000;

  private static GuestProfile guest(DriverBehaviour behaviour, BalloonPage page) {
    return GuestProfile.of(behaviour)
        .withBalloonPage(page)
        .withCpus(2)
        .withCosts(new GuestCosts(0, 0, 0, 0));
  }

  private static Setup linux() {
    return Setup.of(guest(DriverBehaviour.LINUX, BalloonPage.SMALL));
  }

  private static Setup linuxWithHugePages() {
    return Setup.of(guest(DriverBehaviour.LINUX, BalloonPage.HUGE));
  }

  @ParameterizedTest
  @EnumSource
  void aLinuxGuestGetsAllOfItsMemoryBackMapped(BalloonPage page) throws Exception {
    assertBoots(Setup.of(guest(DriverBehaviour.LINUX, page)));
  }

  @ParameterizedTest
  @EnumSource
  void aGuestUnderPressureGetsAllOfItsMemoryBackMapped(BalloonPage page) throws Exception {
    assertBoots(Setup.of(guest(DriverBehaviour.PRESSURED, page)));
  }

  @Test
  void severalWorkersKeepTheRulesToo() throws Exception {
    assertBoots(
        linuxWithHugePages()
            .withMapperOptions(Map.of("rules", "iommufd"))
            .withSettings(settings -> settings.prefaultThreads(4)));
  }

  @Test
  void aHostThatRefusesNowAndThenDelaysABootAndNoMore() throws Exception {
    assertBoots(
        linuxWithHugePages()
            .withMapperOptions(Map.of("fail", "map:rate=0.1:seed=1,populate:rate=0.1:seed=2"))
            .withSettings(settings -> settings.prefaultThreads(2)));
  }

  @Test
  void aPluginThatThrowsNowAndThenDelaysABootAndNoMore() throws Exception {
    assertBoots(
        linuxWithHugePages()
            .withPlugin(
                MapperDecorator.with(
                    nth -> {
                      if (nth % 7 == 0) {
                        throw new ArithmeticException("a bug in the plugin");
                      }
                      return true;
                    })));
  }

  private static void assertBoots(Setup setup) throws Exception {
    try (var host = new ThreadedHost(setup)) {
      host.boot();
      host.awaitReady();
      host.awaitDone();
      assertNothingIsLeft(host);
    }
  }

  private static void assertNothingIsLeft(ThreadedHost host) throws InterruptedException {
    Accounting seen = host.finish();
    assertEquals(List.of(), host.observer().firstViolations());
    assertEquals(host.pages(), seen.guestOwnedPages());
    assertEquals(host.pages(), seen.mappedPages());
    assertTrue(seen.inflate().messages() > 0, "nothing was ballooned");
    GuestAccounts guest = host.askGuest(SimulatedGuest::accounts);
    assertEquals(guest.inflatedPages(), host.engine().counters().inflatePages());
    assertEquals(guest.deflatedPages(), host.engine().counters().deflatePages());
    assertEquals(0, guest.balloonedPages() + guest.inFlightPages());
  }

  @Test
  void aGuestWhoseDriverStallsIsReadyForDmaAllTheSame() throws Exception {
    try (var host = new ThreadedHost(Setup.of(guest(DriverBehaviour.STALLS, BalloonPage.SMALL)))) {
      host.boot();
      host.awaitReady();
      host.await("all to be mapped", () -> host.accounting().mappedPages() == host.pages());
      assertEquals(List.of(), host.observer().firstViolations());
    }
  }

  @Test
  void aGuestThatRebootsMidwayBootsAgain() throws Exception {
    try (var host = new ThreadedHost(linux())) {
      host.boot();
      host.await("an inflate", () -> host.engine().progress().balloonedBytes() > 0);
      host.onGuest(SimulatedGuest::reboot);
      host.awaitGuest(GuestState.UNLOADED);
      host.onGuest(SimulatedGuest::load);
      host.awaitDone();
      Accounting _ = host.finish();
      assertEquals(List.of(), host.observer().firstViolations());
    }
  }

  @Test
  void noDeflateIsAcknowledgedBeforeItsMapHoweverSlowThatIs() throws Exception {
    var inflated = new CountDownLatch(1);
    try (var host = new ThreadedHost(onDemand(inflated, nth -> slow(SLOW_MAP_NANOS)))) {
      boot(host, inflated);
      host.awaitDone();
      assertNothingIsLeft(host);
      Accounting.Deflates deflates = host.accounting().deflate();
      assertTrue(deflates.onDemandPages() > 0, () -> "in " + deflates);
      long longest = deflates.ackNanosMax().orElseThrow();
      assertTrue(longest >= SLOW_MAP_NANOS * 9 / 10, () -> "the longest waited " + longest);
    }
  }

  /**
   * Four granules, half of memory ballooned before the first is mapped, one of them whole: only a
   * deflate gets that one mapped.
   */
  private static Setup onDemand(CountDownLatch inflated, MapCall call) {
    return Setup.of(guest(DriverBehaviour.LINUX, BalloonPage.HUGE).withCpus(1))
        .withMapperOptions(Map.of("dma-entry-limit", "36"))
        .withSettings(settings -> settings.preMap(false))
        .withMapper(
            MapperDecorator.with(nth -> MapperDecorator.await(inflated) && call.goesThrough(nth)));
  }

  private static void boot(ThreadedHost host, CountDownLatch inflated) throws InterruptedException {
    host.boot();
    host.await(
        "half of memory in the balloon",
        () -> host.engine().progress().balloonedBytes() == 64 << 20);
    inflated.countDown();
  }

  private static boolean slow(long nanos) {
    sleep(nanos);
    return true;
  }

  private static void sleep(long nanos) {
    try {
      Thread.sleep(Duration.ofNanos(nanos));
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  @Test
  void notificationsAndRegisterReadsFromManyThreadsHarmNothing() throws Exception {
    try (var host = new ThreadedHost(linuxWithHugePages())) {
      var over = new AtomicBoolean();
      var others = new ArrayList<CompletableFuture<Void>>();
      for (int i = 0; i < 3; i++) {
        var random = new SplittableRandom(i);
        others.add(CompletableFuture.runAsync(() -> ring(host, over, random)));
      }
      host.boot();
      host.awaitDone();
      over.set(true);
      for (CompletableFuture<Void> other : others) {
        host.await("another thread to end", other::isDone);
        other.join();
      }
      assertNothingIsLeft(host);
    }
  }

  private static void ring(ThreadedHost host, AtomicBoolean over, SplittableRandom random) {
    while (!over.get()) {
      int any = random.nextInt(-1, 6);
      host.device().notifyQueue(any);
      assertEquals(0, host.device().readConfig(0, 1) & ~0xff);
      host.engine().dmaWanted();
      sleep(20_000);
    }
  }

  @Test
  void closedWhileTheGuestInflatesItLeavesNothingMappedAndTheGateClosed() throws Exception {
    try (var host = new ThreadedHost(linux())) {
      host.boot();
      host.await("an inflate", () -> host.engine().progress().balloonedBytes() > 0);
      assertCloses(host);
    }
  }

  @Test
  void closedWhileTheGuestDeflatesItLeavesNothingMappedAndTheGateClosed() throws Exception {
    try (var host = new ThreadedHost(linux())) {
      host.boot();
      host.await("a deflate", () -> host.engine().counters().deflateMessages() > 0);
      assertCloses(host);
    }
  }

  @Test
  void closedWhileADeflateWaitsItAcknowledgesBehindAClosedGate() throws Exception {
    var inflated = new CountDownLatch(1);
    Setup setup = onDemand(inflated, nth -> slow(SLOW_MAP_NANOS / 2));
    try (var host = new ThreadedHost(setup)) {
      boot(host, inflated);
      host.await("a deflate that waits", () -> host.engine().counters().onDemandPages() > 0);
      assertCloses(host);
      Accounting _ = host.finish();
      assertEquals(List.of(), host.observer().firstViolations());
      assertEquals(0, host.accounting().leavingPages());
    }
  }

  private static void assertCloses(ThreadedHost host) {
    host.observer().closing();
    host.engine().close();
    assertFalse(host.isGateOpen());
    assertEquals(0, host.accounting().liveMappings());
    assertEquals(List.of(), host.observer().firstViolations());
    host.engine().close();
  }

  @Test
  void anEngineThatFailsClosesTheGateAndTellsTheDriver() throws Exception {
    var broken = new AtomicBoolean();
    Setup setup =
        linux().withEngine(builder -> builder.tracker(granules -> breakable(granules, broken)));
    try (var host = new ThreadedHost(setup)) {
      host.boot();
      host.awaitReady();
      broken.set(true);
      host.engine().operatorTarget(0);
      host.await(
          "the device to ask for a reset",
          () -> (host.device().status() & DeviceStatus.NEEDS_RESET) != 0);
      assertCloses(host);
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
  void aMapThatDidNotHappenBeforeTheGateOpenedIsSeen() throws Exception {
    try (var host = new ThreadedHost(linux().withMapper(MapperDecorator.with(nth -> nth != 1)))) {
      host.boot();
      host.awaitDone();
      assertSeen(Check.OPENED_UNMAPPED, host);
    }
  }

  @Test
  void anAcknowledgementWithoutItsMapIsSeen() throws Exception {
    var forgetful = new AtomicBoolean();
    var inflated = new CountDownLatch(1);
    try (var host = new ThreadedHost(onDemand(inflated, nth -> !forgetful.get()))) {
      host.engine().operatorTarget(64 << 20);
      boot(host, inflated);
      host.awaitReady();
      forgetful.set(true);
      host.engine().operatorTarget(0);
      host.awaitDone();
      assertSeen(Check.ACK_BEFORE_MAP, host);
    }
  }

  private static void assertSeen(Check check, ThreadedHost host) {
    Accounting _ = host.accounting();
    List<Violation> seen = host.observer().firstViolations();
    assertTrue(
        seen.stream().anyMatch(violation -> violation.check() == check), () -> "seen " + seen);
  }
}
