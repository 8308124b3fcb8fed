package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.Progress;
import dev.aerostat.simulation.observer.Accounting;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The stock balloon driver of a stock Linux, in User Mode Linux, on our device and engine. */
final class RealDriverTest {
  private static final int GUEST_MIB = 256;
  private static final long MIB = 1 << 20;
  private static final long PAGE = 4096;

  @BeforeAll
  static void canRunHere() {
    String whyNot = LinuxGuest.whyNot();
    Assumptions.assumeTrue(whyNot.isEmpty(), whyNot);
  }

  @Test
  void inflatesToATargetAndDeflatesInStepsAndAllCountersAgree() throws Exception {
    try (var backend =
            new Backend(VhostUserServer.settings(), s -> s, b -> b.dma().operatorTarget(64 * MIB));
        var guest = LinuxGuest.boot(backend.socket(), GUEST_MIB)) {
      guest.begin("load");
      ObservedBalloon balloon = backend.next();
      guest.end();
      for (long mib : new long[] {64, 96, 40, 16, 100, 0}) {
        balloon.dma().operatorTarget(mib * MIB);
        settle(balloon, mib);
        agree(guest, balloon, mib * MIB / PAGE);
      }
      assertEquals(List.of(), balloon.violations());
      guest.powerOff();
    }
  }

  private static void settle(ObservedBalloon balloon, long mib) throws InterruptedException {
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

  private static void agree(LinuxGuest guest, ObservedBalloon balloon, long pages) {
    Accounting seen = balloon.accounting();
    assertEquals(pages, seen.balloonedPages(), "the observer");
    assertEquals(pages, balloon.device().actual(), "what the driver wrote");
    assertEquals(guest.inflated(), seen.inflate().pages(), "inflated by guest and observer");
    assertEquals(guest.deflated(), seen.deflate().pages(), "deflated by guest and observer");
    assertEquals(guest.inflated(), balloon.device().counters().inflatePages());
    assertEquals(guest.deflated(), balloon.device().counters().deflatePages());
    assertTrue(balloon.device().counters().mistakes().isEmpty());
  }
}
