package dev.aerostat.vhost.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestRange;
import dev.aerostat.guest.sim.GuestAccounts;
import dev.aerostat.guest.sim.GuestProfile;
import dev.aerostat.guest.sim.GuestState;
import dev.aerostat.observer.Accounting;
import dev.aerostat.vhost.guest.VhostGuest;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A front end that shares no code with ours, with a simulated guest whose memory has a hole. */
final class SimulatedDriverTest {
  private static final long MIB = 1 << 20;
  private static final long PAGES_A_MIB = 256;

  private static Backend<ObservedBalloon> backend(long targetMib) throws IOException {
    return Backend.observed(ServedSetup.target(targetMib));
  }

  private static VhostGuest boot(Backend<ObservedBalloon> backend) throws IOException {
    List<GuestRange> ram =
        List.of(GuestRange.ofLength(0, 192 * MIB), GuestRange.ofLength(4096 * MIB, 64 * MIB));
    return VhostGuest.boot(backend.socket(), ram, GuestProfile.linux());
  }

  private static void settle(VhostGuest guest, ObservedBalloon balloon, long mib)
      throws InterruptedException {
    Backend.await(
        "a balloon of " + mib + " MiB",
        () ->
            balloon.dma().progress().gateOpen()
                && guest.state() == GuestState.IDLE
                && guest.accounts().balloonedPages() == mib * PAGES_A_MIB
                && Backend.target(balloon) == mib * PAGES_A_MIB);
  }

  private static void agree(VhostGuest guest, ObservedBalloon balloon) {
    GuestAccounts said = guest.accounts();
    Accounting seen = balloon.accounting();
    assertEquals(said.inflateMessages(), seen.inflate().messages());
    assertEquals(said.inflatedPages(), seen.inflate().pages());
    assertEquals(said.deflateMessages(), seen.deflate().messages());
    assertEquals(said.deflatedPages(), seen.deflate().pages());
    assertEquals(said.balloonedPages(), seen.balloonedPages());
    assertEquals(List.of(), balloon.violations());
  }

  @Test
  void inflatesAndDeflatesOnBothSidesOfTheHole() throws Exception {
    try (var backend = backend(64);
        VhostGuest guest = boot(backend)) {
      guest.load();
      ObservedBalloon balloon = backend.next();
      for (long mib : new long[] {64, 150, 10, 0}) {
        balloon.dma().operatorTarget(mib * MIB);
        settle(guest, balloon, mib);
        agree(guest, balloon);
      }
    }
  }

  @Test
  void aDriverThatIsRemovedAndLoadedAgainFindsTheSameDeviceReset() throws Exception {
    try (var backend = backend(16);
        VhostGuest guest = boot(backend)) {
      guest.load();
      ObservedBalloon balloon = backend.next();
      for (int cycle = 1; cycle <= 5; cycle++) {
        settle(guest, balloon, 16);
        guest.unload();
        Backend.await("a reset", () -> guest.state() == GuestState.UNLOADED);
        guest.load();
        // That it was the end of a driver, and no pause, shows when the next one starts.
        assertEquals(cycle, balloon.resets());
      }
      settle(guest, balloon, 16);
      assertTrue(backend.noMore(), "the memory stayed the same, and so should the device");
      assertEquals(List.of(), balloon.violations());
    }
  }

  @Test
  void aGuestThatVanishesLeavesNothingMapped() throws Exception {
    try (var backend = backend(100)) {
      for (int boots = 1; boots <= 3; boots++) {
        int gone = boots;
        ObservedBalloon balloon;
        try (VhostGuest guest = boot(backend)) {
          guest.load();
          balloon = backend.next();
        }
        Backend.await("the end of the session", () -> backend.served() == gone);
        assertTrue(balloon.isClosed());
        assertEquals(0, balloon.mapper().simulated().liveMappings());
        assertEquals(List.of(), balloon.violationsBeforeClose());
      }
    }
  }
}
