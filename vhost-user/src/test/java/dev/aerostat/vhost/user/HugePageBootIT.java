package dev.aerostat.vhost.user;

import static dev.aerostat.vhost.user.Machine.MESSAGE_PAGES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.EngineCounters;
import dev.aerostat.api.Progress;
import dev.aerostat.balloon.virtio.BalloonFeature;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.observer.Accounting;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Boots with our driver for 2 MiB balloon pages, and with two drivers for one device. */
@Tag("emulated")
final class HugePageBootIT {
  /** Builds the driver for another kernel too: no warning may come of it. */
  @BeforeAll
  static void canRunHere() {
    HugePageDriver.prepare(HugePageDriver.LINUX_6_1);
    HugePageDriver.prepare(HugePageDriver.LINUX_6_12);
  }

  @Test
  void theGateOpensOnABalloonOfNearlyAllMemoryWhichIsThenMappedAndHandedBack() throws Exception {
    ServedSetup setup = ServedSetup.target(0).residentMib(128).mapTakes(40);
    try (var machine = HugePageDriver.start(setup, 768, HugePageDriver.LINUX_6_12)) {
      ObservedBalloon balloon = machine.balloon();
      Backend.await("the end of the boot", () -> balloon.dma().progress().done());
      machine.settle(0);
      machine.agree(0);
      Progress ready = balloon.progressAtReady();
      assertTrue(ready.mappedBytes() < ready.memoryBytes() / 2, ready::toString);
      Accounting.Deflates deflates = balloon.accounting().deflate();
      assertTrue(deflates.preMappedPages() >= deflates.pages() * 3 / 4, deflates::toString);
      HugePageDriver.assertNoKernelWarning(machine.guest());
    }
  }

  @Test
  void aDeviceWithoutThePrivateBitIsLeftToTheStockDriver() throws Exception {
    ServedSetup setup = ServedSetup.target(64).device(HugePageBootIT::withoutPrivateBit);
    try (var backend = Backend.observed(setup);
        var guest = boot(backend)) {
      List<String> _ = guest.run("load");
      assertTrue(backend.noMore(), "a driver took it");
      guest.begin("load virtio_balloon");
      ObservedBalloon balloon = backend.next();
      List<String> _ = guest.end();
      Backend.await("a balloon", () -> Machine.isSettled(balloon, 64));
      EngineCounters counted = balloon.dma().counters();
      assertTrue(
          counted.inflatePages() <= MESSAGE_PAGES * counted.inflateMessages(), counted::toString);
      assertEquals(List.of(), balloon.violations());
      HugePageDriver.assertNoKernelWarning(guest);
    }
  }

  private static BalloonSettings withoutPrivateBit(BalloonSettings settings) {
    var offered = EnumSet.copyOf(settings.offered());
    offered.remove(BalloonFeature.HUGE_PAGES);
    return settings.withOffered(offered);
  }

  @Test
  void aDeviceWithThePrivateBitIsTakenByTheDriverThatIsThereFirst() throws Exception {
    try (var backend = Backend.observed(ServedSetup.target(64));
        var guest = boot(backend, "init_on_alloc=1")) {
      guest.begin("load; load virtio_balloon");
      ObservedBalloon balloon = backend.next();
      List<String> _ = guest.end();
      Backend.await("a balloon", () -> Machine.isSettled(balloon, 64));
      EngineCounters counted = balloon.dma().counters();
      assertTrue(
          counted.inflatePages() > MESSAGE_PAGES * counted.inflateMessages(), counted::toString);
      List<String> log = HugePageDriver.log(guest);
      assertTrue(log.toString().contains("Boot with init_on_alloc=0"), log::toString);
      assertFalse(log.toString().contains("init_on_free"), log::toString);
    }
  }

  private static LinuxGuest boot(Backend<?> backend, String... more) throws Exception {
    String[] words = new String[1 + more.length];
    words[0] = HugePageDriver.LINUX_6_12;
    System.arraycopy(more, 0, words, 1, more.length);
    return LinuxGuest.boot(LinuxGuest.HUGE_PAGES, backend.socket(), 384, words);
  }
}
