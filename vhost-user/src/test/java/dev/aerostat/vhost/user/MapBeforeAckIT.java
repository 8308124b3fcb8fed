package dev.aerostat.vhost.user;

import static dev.aerostat.vhost.user.Machine.MESSAGE_PAGES;
import static dev.aerostat.vhost.user.Machine.MIB;
import static dev.aerostat.vhost.user.Machine.PAGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.balloon.virtio.BalloonFeature;
import dev.aerostat.balloon.virtio.BalloonSettings;
import java.util.EnumSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Map before ack, as the guest itself sees it. Its MemFree cannot be the witness: pages rest on
 * per-CPU lists, and what else the guest frees counts too. MemTotal is exact, to the page, where
 * the device does not offer DEFLATE_ON_OOM ({@link LinuxGuest#managedPages}).
 */
final class MapBeforeAckIT extends RealDriver {
  private static BalloonSettings exact(BalloonSettings settings) {
    var offered = EnumSet.copyOf(settings.offered());
    offered.remove(BalloonFeature.DEFLATE_ON_OOM);
    return settings.withOffered(offered);
  }

  static ServedSetup setup() {
    return ServedSetup.target(64).device(MapBeforeAckIT::exact).onDemand().mapTakes(20);
  }

  @Test
  void memoryReturnsToTheGuestOnlyAfterItsMap() throws Exception {
    try (var machine = Machine.start(setup())) {
      machine.settle(64);
      ObservedBalloon balloon = machine.balloon();
      LinuxGuest guest = machine.guest();
      balloon.mapper().delay(500);
      long free = guest.freePages();
      var witness = new ReturnedMemory(machine);
      machine.target(56);
      while (Backend.actual(balloon) != 56 * MIB / PAGE) {
        witness.assertMappedFirst();
      }
      witness.assertMappedFirst();
      balloon.mapper().delay(0);
      assertEquals(8 * MIB / PAGE, witness.returnedPages());
      assertTrue(guest.freePages() - free > 4 * MESSAGE_PAGES, "most of 8 messages is free");
      long longest = balloon.accounting().deflate().ackNanosMax().orElseThrow();
      assertTrue(longest > TimeUnit.MILLISECONDS.toNanos(400), () -> "no deflate had to wait");
      machine.agree(56);
    }
  }
}
