package dev.aerostat.vhost.user;

import static dev.aerostat.balloon.virtio.BalloonStatistic.AVAILABLE_MEMORY;
import static dev.aerostat.balloon.virtio.BalloonStatistic.FREE_MEMORY;
import static dev.aerostat.balloon.virtio.BalloonStatistic.MINOR_FAULTS;
import static dev.aerostat.balloon.virtio.BalloonStatistic.TOTAL_MEMORY;
import static dev.aerostat.vhost.user.Machine.GUEST_MIB;
import static dev.aerostat.vhost.user.Machine.MIB;
import static dev.aerostat.vhost.user.Machine.PAGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.balloon.virtio.BalloonFeature;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.balloon.virtio.BalloonStatistic;
import dev.aerostat.balloon.virtio.BalloonStatistics;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Statistics, free page hints and free page reports: Linux 6.1 has all three. */
final class OptionalQueuesIT extends RealDriver {
  /** A free block of the largest order, which is what the driver lists ({@code MAX_ORDER - 1}). */
  private static final long BLOCK_PAGES = 1024;

  @Test
  void theGuestsFiguresComeAtItsStartAndWhenAskedFor() throws Exception {
    try (var machine = Machine.start(ServedSetup.target(0))) {
      machine.settle(0);
      ObservedBalloon balloon = machine.balloon();
      Backend.await("the first figures", () -> balloon.statistics().size() == 1);
      long total = machine.guest().managedPages() * PAGE;
      assertEquals(total, value(balloon.statistics().getFirst(), TOTAL_MEMORY));
      List<String> _ = machine.guest().run("dd if=/dev/zero of=/tmp/much bs=1M count=64");
      balloon.dma().requestStatistics();
      Backend.await("the second figures", () -> balloon.statistics().size() == 2);
      BalloonStatistics before = balloon.statistics().getFirst();
      BalloonStatistics after = balloon.statistics().getLast();
      assertTrue(value(before, FREE_MEMORY) - value(after, FREE_MEMORY) > 32 * MIB);
      assertTrue(value(before, AVAILABLE_MEMORY) - value(after, AVAILABLE_MEMORY) > 32 * MIB);
      assertTrue(value(after, MINOR_FAULTS) > value(before, MINOR_FAULTS));
      machine.agree(0);
    }
  }

  private static long value(BalloonStatistics figures, BalloonStatistic which) {
    return figures.value(which).orElseThrow();
  }

  /** The engine has no use for hints, so there is none here. */
  @Test
  void theDriverListsItsFreeBlocksUntilItHasNoneAndTakesThemBackWhenTold() throws Exception {
    BalloonSettings settings =
        VhostUserServer.settings()
            .withOffered(Set.of(BalloonFeature.STATISTICS, BalloonFeature.FREE_PAGE_HINT));
    try (var backend =
            new Backend<>(
                settings, (memory, frontEnd) -> new BareBalloon(memory, frontEnd, settings));
        var guest = LinuxGuest.boot(backend.socket(), GUEST_MIB)) {
      BareBalloon balloon = Machine.load(backend, guest);
      long free = guest.freePages();
      assertTrue(balloon.startHints());
      Backend.await("the end of the list", balloon::allHinted);
      long listed = balloon.hintedPages();
      System.out.printf("hints: %d of %d free pages listed%n", listed, free);
      assertEquals(0, listed % BLOCK_PAGES);
      assertTrue(listed > free / 2, () -> "%d of %d free pages".formatted(listed, free));
      assertTrue(guest.freePages() < free - listed / 2, "the driver keeps what it has listed");
      balloon.endHints();
      Backend.await("the pages' return", () -> guest.freePages() > free - listed / 2);
      assertTrue(balloon.held().counters().mistakes().isEmpty());
    }
  }

  @Test
  void reportsOfFreePagesAreReturnedAndChangeNothing() throws Exception {
    ServedSetup setup =
        ServedSetup.target(32)
            .device(device -> device.withOffered(Set.of(BalloonFeature.PAGE_REPORTING)));
    try (var machine = Machine.start(setup)) {
      machine.settle(32);
      Backend.await("reports", () -> machine.balloon().otherMessages() > 1);
      System.out.printf("reports: %d messages%n", machine.balloon().otherMessages());
      for (long mib : new long[] {96, 16}) {
        machine.target(mib);
        machine.settle(mib);
        machine.agree(mib);
      }
    }
  }
}
