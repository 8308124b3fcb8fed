package dev.aerostat.guest.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class GuestProperties {
  private static final long BYTES = 96 * Lab.MIB;

  @Property(tries = 100)
  void everyPageIsInExactlyOnePlaceAtAnyMoment(
      @ForAll DriverBehaviour behaviour,
      @ForAll BalloonPage page,
      @ForAll @IntRange(min = 1, max = 4) int cpus,
      @ForAll long seed) {
    var profile = GuestProfile.of(behaviour).withBalloonPage(page).withCpus(cpus).withSeed(seed);
    try (var lab = new Lab(BYTES, profile)) {
      var random = new Random(seed);
      lab.device.ackDelayNanos = random.nextInt(3) * 100_000L - 1;
      lab.guest.load();
      for (int i = 0; i < 60; i++) {
        disturb(lab, random);
        lab.clock.run(random.nextInt(8_000_000));
        checkAccounts(lab);
      }
      checkMessages(lab, page.pages());
    }
  }

  private static void disturb(Lab lab, Random random) {
    switch (random.nextInt(12)) {
      case 0 -> lab.guest.unload();
      case 1, 2 -> {
        if (lab.guest.state() == GuestState.UNLOADED) {
          lab.guest.load();
        }
      }
      default -> lab.device.setTarget(random.nextInt((int) lab.pages() * 9 / 8));
    }
  }

  private static void checkAccounts(Lab lab) {
    GuestAccounts accounts = lab.guest.accounts();
    assertEquals(
        lab.pages(),
        accounts.reservedPages()
            + accounts.freePages()
            + accounts.balloonedPages()
            + accounts.inFlightPages());
    assertTrue(accounts.freePages() >= 0 && accounts.balloonedPages() >= 0);
  }

  /** Replays what the device read: a page is inflated only out of the balloon, deflated only in. */
  private static void checkMessages(Lab lab, int pages) {
    var balloon = new BitSet();
    long inflated = 0;
    for (var message : lab.messages()) {
      boolean inflate = message.queue() == BalloonQueue.INFLATE;
      assertTrue(message.pfns().size() <= 256);
      for (long pfn : message.pfns()) {
        assertEquals(0, pfn % pages);
        assertTrue(lab.memory.guestMemory().containsPages(pfn, pfn + pages));
        assertEquals(!inflate, balloon.get((int) pfn), "a page that is already there");
        balloon.set((int) pfn, inflate);
      }
      inflated += inflate ? message.pfns().size() : 0;
    }
    assertTrue(lab.guest.accounts().inflatedPages() <= inflated * pages);
  }

  @Property(tries = 20)
  void theSameSeedGivesTheSameTraffic(
      @ForAll DriverBehaviour behaviour, @ForAll @LongRange(min = 0, max = 1000) long seed) {
    assertEquals(traffic(behaviour, seed), traffic(behaviour, seed));
  }

  @Property(tries = 20)
  void anotherSeedGivesOtherTrafficUnderPressure(@ForAll @LongRange(min = 0) long seed) {
    assertTrue(
        !traffic(DriverBehaviour.PRESSURED, seed)
            .equals(traffic(DriverBehaviour.PRESSURED, ~seed)));
  }

  private static Object traffic(DriverBehaviour behaviour, long seed) {
    try (var lab = new Lab(BYTES, GuestProfile.of(behaviour).withSeed(seed))) {
      lab.device.target = 15_000;
      lab.guest.load();
      lab.clock.run(100_000_000);
      lab.device.setTarget(5000);
      lab.clock.run(50_000_000);
      return java.util.List.copyOf(lab.messages());
    }
  }
}
