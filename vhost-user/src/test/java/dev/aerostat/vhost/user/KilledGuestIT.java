package dev.aerostat.vhost.user;

import static dev.aerostat.vhost.user.Machine.GUEST_MIB;
import static dev.aerostat.vhost.user.Machine.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A guest that ends hard while it uses its balloon. */
final class KilledGuestIT extends RealDriver {
  private static final int BOOTS = 3;

  private interface Use {
    void until(ObservedBalloon balloon) throws InterruptedException;
  }

  @Test
  void inMidInflateItLeavesNothingBehind() throws Exception {
    assertNothingIsLeft(
        ServedSetup.target(0),
        balloon -> {
          Backend.await("no balloon", () -> Machine.isSettled(balloon, 0));
          balloon.dma().operatorTarget(150 * MIB);
          Backend.await("some pages", () -> balloon.dma().progress().balloonedBytes() > 0);
        });
  }

  @Test
  void inMidDeflateItLeavesNothingBehind() throws Exception {
    assertNothingIsLeft(
        ServedSetup.target(64).onDemand().mapTakes(20),
        balloon -> {
          Backend.await("a balloon", () -> Machine.isSettled(balloon, 64));
          balloon.mapper().delay(500);
          balloon.dma().operatorTarget(0);
          Backend.await("a deflate", () -> balloon.accounting().leavingPages() > 0);
        });
  }

  private static void assertNothingIsLeft(ServedSetup setup, Use use) throws Exception {
    try (var backend = Backend.observed(setup)) {
      var footprints = new ArrayList<ProcessFootprint>();
      for (int boot = 1; boot <= BOOTS; boot++) {
        try (var guest = LinuxGuest.boot(backend.socket(), GUEST_MIB)) {
          ObservedBalloon balloon = Machine.load(backend, guest);
          use.until(balloon);
          guest.kill();
          assertGone(backend, boot, balloon);
          footprints.add(ProcessFootprint.now());
        }
      }
      // The first boot also brings in what this process keeps: classes, and libraries for them.
      footprints.getLast().assertNoMoreThan(footprints.getFirst());
    }
  }

  private static void assertGone(
      Backend<ObservedBalloon> backend, int boots, ObservedBalloon balloon)
      throws InterruptedException {
    Backend.await("the end of the session", () -> backend.served() == boots);
    assertTrue(balloon.isClosed());
    assertEquals(0, balloon.mapper().simulated().liveMappings());
    assertEquals(List.of(), balloon.violationsBeforeClose());
  }
}
