package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Progress;
import dev.aerostat.engine.EngineSettings;
import dev.aerostat.simulation.observer.Accounting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The stock balloon driver of a stock Linux, in User Mode Linux, on our device and engine. */
@Tag("real-driver")
final class RealDriverTest {
  private static final int GUEST_MIB = 256;
  private static final long MIB = 1 << 20;
  private static final long PAGE = 4096;
  private static final long MESSAGE_PAGES = 256;

  /** What the guest's shell takes and gives back while it looks at its memory. */
  private static final long SHELL_PAGES = 160;

  @BeforeAll
  static void canRunHere() {
    String whyNot = LinuxGuest.whyNot();
    Assumptions.assumeTrue(whyNot.isEmpty(), whyNot);
  }

  private static Backend backend(
      UnaryOperator<EngineSettings> settings, Consumer<ObservedBalloon> beforeStart)
      throws IOException {
    return new Backend(VhostUserServer.settings(), settings, beforeStart);
  }

  private static EngineSettings onDemand(EngineSettings settings) {
    return settings.withPreMap(false);
  }

  private static Consumer<ObservedBalloon> target(long mib) {
    return balloon -> balloon.dma().operatorTarget(mib * MIB);
  }

  /** So that the driver is there before all is mapped. */
  private static Consumer<ObservedBalloon> slow(long millisAMap) {
    return balloon -> balloon.mapper().delay(millisAMap);
  }

  private static ObservedBalloon load(Backend backend, LinuxGuest guest) throws Exception {
    guest.begin("load");
    ObservedBalloon balloon = backend.next();
    List<String> _ = guest.end();
    return balloon;
  }

  @Test
  void inflatesToATargetAndDeflatesInStepsAndAllCountersAgree() throws Exception {
    try (var backend = backend(UnaryOperator.identity(), target(64));
        var guest = LinuxGuest.boot(backend.socket(), GUEST_MIB)) {
      ObservedBalloon balloon = load(backend, guest);
      for (long mib : new long[] {64, 96, 40, 16, 100, 0}) {
        balloon.dma().operatorTarget(mib * MIB);
        settle(balloon, mib);
        agree(guest, balloon, mib);
      }
      guest.powerOff();
    }
  }

  @Test
  void memoryReturnsToTheGuestOnlyAfterItsMap() throws Exception {
    try (var backend = backend(RealDriverTest::onDemand, slow(20).andThen(target(64)));
        var guest = LinuxGuest.boot(backend.socket(), GUEST_MIB)) {
      ObservedBalloon balloon = load(backend, guest);
      settle(balloon, 64);
      balloon.mapper().delay(500);
      long free = guest.freePages();
      long acknowledged = balloon.device().counters().deflateAcknowledged();
      balloon.dma().operatorTarget(56 * MIB);
      while (balloon.device().actual() != 56 * MIB / PAGE) {
        long grown = guest.freePages() - free;
        // Asked for afterwards, so it may only have become more.
        long returned = balloon.device().counters().deflateAcknowledged() - acknowledged;
        assertTrue(
            grown <= returned * MESSAGE_PAGES + SHELL_PAGES,
            () -> "%d pages free after %d acknowledgements".formatted(grown, returned));
      }
      balloon.mapper().delay(0);
      assertTrue(guest.freePages() - free > 4 * MESSAGE_PAGES, "most of 8 messages is free");
      long longest = balloon.accounting().deflate().ackNanosMax().orElseThrow();
      assertTrue(longest > TimeUnit.MILLISECONDS.toNanos(400), () -> "no deflate had to wait");
      agree(guest, balloon, 56);
    }
  }

  @Test
  void aBootOpensTheGateOnABalloonThenMapsItAndHandsItBack() throws Exception {
    var mappedAtReady = new ArrayList<Progress>();
    try (var backend =
            backend(
                UnaryOperator.identity(),
                balloon -> {
                  balloon.mapper().delay(20);
                  var _ =
                      balloon
                          .dma()
                          .dmaReady()
                          .thenRun(() -> mappedAtReady.add(balloon.dma().progress()));
                });
        var guest = LinuxGuest.boot(backend.socket(), GUEST_MIB)) {
      ObservedBalloon balloon = load(backend, guest);
      Backend.await("the end of the boot", () -> balloon.dma().progress().done());
      Progress ready = mappedAtReady.getFirst();
      assertTrue(ready.mappedBytes() < ready.memoryBytes() * 3 / 4, ready::toString);
      settle(balloon, 0);
      agree(guest, balloon, 0);
      Accounting.Deflates deflates = balloon.accounting().deflate();
      assertTrue(deflates.pages() >= 100 * MIB / PAGE, deflates::toString);
      assertTrue(deflates.preMappedPages() >= deflates.pages() / 2, deflates::toString);
      System.out.printf(
          "async boot: gate open with %d of %d MiB mapped; %.1f %% of %d deflated pages pre-mapped%n",
          ready.mappedBytes() / MIB,
          ready.memoryBytes() / MIB,
          100.0 * deflates.preMappedPages() / deflates.pages(),
          deflates.pages());
    }
  }

  @Test
  void followsATargetThatChangesWhileItInflates() throws Exception {
    try (var backend = backend(UnaryOperator.identity(), target(0));
        var guest = LinuxGuest.boot(backend.socket(), GUEST_MIB)) {
      ObservedBalloon balloon = load(backend, guest);
      settle(balloon, 0);
      for (int turn = 0; turn < 10; turn++) {
        balloon.dma().operatorTarget(150 * MIB);
        Backend.await("some pages", () -> balloon.dma().progress().balloonedBytes() > 8 * MIB);
        balloon.dma().operatorTarget(4 * MIB);
        Backend.await("fewer pages", () -> balloon.dma().progress().balloonedBytes() < 50 * MIB);
      }
      settle(balloon, 4);
      agree(guest, balloon, 4);
    }
  }

  @Test
  void aDriverThatIsRemovedAndLoadedAgainFindsTheSameDeviceReset() throws Exception {
    try (var backend = backend(UnaryOperator.identity(), target(16));
        var guest = LinuxGuest.boot(backend.socket(), GUEST_MIB)) {
      ObservedBalloon balloon = load(backend, guest);
      settle(balloon, 16);
      Footprint before = Footprint.now();
      for (int cycle = 1; cycle <= 30; cycle++) {
        List<String> _ = guest.run("unload");
        assertEquals(cycle, balloon.resets());
        assertEquals(0, balloon.accounting().balloonedPages());
        List<String> _ = guest.run("load");
        settle(balloon, 16);
      }
      assertTrue(backend.noMore(), "the memory stayed the same, and so should the device");
      agree(guest, balloon, 16);
      Footprint.now().assertNoMoreThan(before);
    }
  }

  @Test
  void aGuestShortOfMemoryTakesPagesBack() throws Exception {
    try (var backend = backend(UnaryOperator.identity(), target(150));
        var guest = LinuxGuest.boot(backend.socket(), GUEST_MIB)) {
      ObservedBalloon balloon = load(backend, guest);
      settle(balloon, 150);
      List<String> said = guest.run("dd if=/dev/zero of=/tmp/much bs=1M count=110 && echo WRITTEN");
      assertTrue(said.contains("WRITTEN"), said::toString);
      assertTrue(guest.deflated() > 10 * MIB / PAGE);
      List<String> _ = guest.run("rm /tmp/much");
      balloon.dma().operatorTarget(32 * MIB);
      settle(balloon, 32);
      agree(guest, balloon, 32);
    }
  }

  @Test
  void compactionMovesPagesOfTheBalloonOneByOne() throws Exception {
    try (var backend = backend(UnaryOperator.identity(), target(100));
        var guest = LinuxGuest.boot(backend.socket(), GUEST_MIB)) {
      ObservedBalloon balloon = load(backend, guest);
      settle(balloon, 100);
      List<String> _ =
          guest.run("for i in 1 2 3 4 5; do echo 1 > /proc/sys/vm/compact_memory; done");
      System.out.println(
          "compaction: pages moved " + guest.run("grep balloon_migrate /proc/vmstat"));
      settle(balloon, 100);
      balloon.dma().operatorTarget(0);
      settle(balloon, 0);
      assertEquals(List.of(), balloon.violations());
    }
  }

  @Test
  void aGuestKilledInMidInflateLeavesNothingBehind() throws Exception {
    try (var backend = backend(UnaryOperator.identity(), target(0))) {
      var footprints = new ArrayList<Footprint>();
      for (int boot = 0; boot < 4; boot++) {
        try (var guest = LinuxGuest.boot(backend.socket(), GUEST_MIB)) {
          ObservedBalloon balloon = load(backend, guest);
          settle(balloon, 0);
          balloon.dma().operatorTarget(150 * MIB);
          Backend.await("some pages", () -> balloon.dma().progress().balloonedBytes() > 0);
          guest.kill();
          assertGone(backend, boot + 1, balloon);
          footprints.add(Footprint.now());
        }
      }
      // The first boot also brings in what this process keeps: classes, and libraries for them.
      footprints.getLast().assertNoMoreThan(footprints.getFirst());
    }
  }

  @Test
  void aGuestKilledInMidDeflateLeavesNothingBehind() throws Exception {
    try (var backend = backend(RealDriverTest::onDemand, slow(20).andThen(target(64)))) {
      var footprints = new ArrayList<Footprint>();
      for (int boot = 0; boot < 2; boot++) {
        try (var guest = LinuxGuest.boot(backend.socket(), GUEST_MIB)) {
          ObservedBalloon balloon = load(backend, guest);
          settle(balloon, 64);
          balloon.mapper().delay(500);
          balloon.dma().operatorTarget(0);
          Backend.await("a deflate", () -> balloon.accounting().leavingPages() > 0);
          guest.kill();
          assertGone(backend, boot + 1, balloon);
          footprints.add(Footprint.now());
        }
      }
      // The first boot also brings in what this process keeps: classes, and libraries for them.
      footprints.getLast().assertNoMoreThan(footprints.getFirst());
    }
  }

  private static void assertGone(Backend backend, int boots, ObservedBalloon balloon)
      throws InterruptedException {
    Backend.await("the end of the session", () -> backend.served() == boots);
    assertTrue(balloon.isClosed());
    assertEquals(0, balloon.mapper().simulated().liveMappings());
    assertEquals(List.of(), balloon.violationsBeforeClose());
  }

  static void settle(ObservedBalloon balloon, long mib) throws InterruptedException {
    Backend.await(
        "a balloon of " + mib + " MiB",
        () -> {
          Progress now = balloon.dma().progress();
          return now.gateOpen()
              && now.balloonedBytes() == mib * MIB
              && now.targetBytes() == mib * MIB
              && balloon.device().actual() == mib * MIB / PAGE;
        });
  }

  static void agree(LinuxGuest guest, ObservedBalloon balloon, long mib) {
    long pages = mib * MIB / PAGE;
    Accounting seen = balloon.accounting();
    assertEquals(pages, seen.balloonedPages(), "the observer");
    assertEquals(pages, balloon.device().actual(), "what the driver wrote");
    assertEquals(guest.inflated(), seen.inflate().pages(), "inflated by guest and observer");
    assertEquals(guest.deflated(), seen.deflate().pages(), "deflated by guest and observer");
    assertEquals(guest.inflated(), balloon.device().counters().inflatePages());
    assertEquals(guest.deflated(), balloon.device().counters().deflatePages());
    assertEquals(List.of(), balloon.violations());
    assertTrue(balloon.device().counters().mistakes().isEmpty());
  }

  /** What this process holds of the host: descriptors, mappings of guests' memory, threads. */
  private record Footprint(long descriptors, long guestMappings, long threads) {
    static Footprint now() throws IOException {
      try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"));
          Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
        return new Footprint(
            open.count(),
            maps.filter(line -> line.contains("vm_file")).count(),
            Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("aerostat-"))
                .count());
      }
    }

    void assertNoMoreThan(Footprint before) {
      assertFalse(
          descriptors > before.descriptors
              || guestMappings > before.guestMappings
              || threads > before.threads,
          () -> "%s grew to %s".formatted(before, this));
    }
  }
}
