package dev.aerostat.guest.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.guest.sim.FakeDevice.Message;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SimulatedGuestTest {
  private static final long FOUR_GIB_PFN = 0x100000;
  private static final long SECOND = 1_000_000_000;

  /**
   * 4 GiB, of which 2 lie from 4 GiB up; 64 MiB are reserved at the top, 20 MiB at the bottom and
   * 48 MiB at 1 GiB.
   */
  private static final long BALLOONABLE = (4096 - 64 - 20 - 48) * 256;

  private final List<Lab> labs = new ArrayList<>();

  private Lab lab(GuestProfile profile) {
    var lab = new Lab(4 * Lab.GIB, profile);
    labs.add(lab);
    return lab;
  }

  @AfterEach
  void freeMemory() {
    labs.forEach(Lab::close);
  }

  @Test
  void theDriverNegotiatesInTheOrderOfTheSpecification() {
    Lab lab = lab(GuestProfile.linux());
    lab.guest.load();
    assertEquals(List.of(0, 1, 3, 11, 1000, 1001, 15), lab.device.statuses);
    assertEquals(BalloonFeatures.LINUX, lab.device.accepted);
    assertEquals(GuestState.IDLE, lab.guest.state());
  }

  @Test
  void aGuestWhoseFeaturesAreRefusedGoesOnWithoutABalloon() {
    Lab lab = lab(GuestProfile.linux().withFeatures(BalloonFeatures.VERSION_1));
    lab.device.refuse = true;
    lab.guest.load();
    assertEquals(GuestState.REFUSED, lab.guest.state());
    assertEquals(128 | 3, lab.device.statuses.getLast());
    lab.guest.unload();
    lab.device.setTarget(1000);
    lab.clock.run();
    assertEquals(List.of(), lab.messages());
  }

  @Test
  void pagesGoFromFourGibUpwardsAndEachMessageNamesItsPagesDownwards() {
    Lab lab = lab(GuestProfile.linux());
    lab.device.target = 1024;
    lab.guest.load();
    lab.clock.run();
    assertEquals(4, lab.messages().size());
    for (int i = 0; i < 4; i++) {
      assertEquals(descending(FOUR_GIB_PFN + 256L * i, 256), lab.messages().get(i).pfns());
    }
  }

  @Test
  void theZoneBelowFourGibComesLastUpwardsAndTheKernelsOwnNever() {
    Lab lab = lab(GuestProfile.linux());
    lab.device.target = (int) BALLOONABLE;
    lab.guest.load();
    lab.clock.run();
    List<Message> messages = lab.messages();
    long high = (2048 - 64) * 256;
    assertEquals(BALLOONABLE, lab.guest.accounts().balloonedPages());
    int zoneChange = (int) (high / 256);
    assertEquals(FOUR_GIB_PFN + high - 1, messages.get(zoneChange - 1).pfns().getFirst());
    assertEquals(20 * 256 + 255, messages.get(zoneChange).pfns().getFirst());
    int image = zoneChange + 1024 - 20;
    assertEquals(1024 * 256 - 1, messages.get(image - 1).pfns().getFirst());
    assertEquals((1024 + 48) * 256 + 255, messages.get(image).pfns().getFirst());
    assertEquals(2048 * 256 - 1, messages.getLast().pfns().getFirst());
  }

  @Test
  void withSeveralCpusTheBlocksTakeTurns() {
    Lab lab = lab(GuestProfile.linux().withCpus(2));
    lab.device.target = 3 * 1024;
    lab.guest.load();
    lab.clock.run();
    long part = (2048 - 64) * 256 / 8;
    assertEquals(FOUR_GIB_PFN, lab.messages().get(0).pfns().getLast());
    assertEquals(FOUR_GIB_PFN + part, lab.messages().get(4).pfns().getLast());
    assertEquals(FOUR_GIB_PFN + 1024, lab.messages().get(8).pfns().getLast());
  }

  @Test
  void oneMessageIsInFlightAtATimeAndActualFollowsEach() {
    Lab lab = lab(GuestProfile.linux());
    lab.device.ackDelayNanos = 5_000_000;
    lab.device.target = 600;
    lab.guest.load();
    lab.clock.run();
    assertEquals(1, lab.device.mostInFlight);
    assertEquals(List.of(256, 512, 600), lab.device.actuals);
  }

  @Test
  void aMessageCostsTheGuestWhatWasMeasuredAndAShortOneItsShare() {
    Lab lab = lab(GuestProfile.linux());
    lab.device.target = 256 + 128;
    lab.guest.load();
    lab.clock.run();
    lab.device.setTarget(0);
    lab.clock.run();
    assertEquals(
        List.of(650_000L, 975_000L, 1_425_000L, 1_650_000L),
        lab.messages().stream().map(Message::nanos).toList());
  }

  @Test
  void whatWasNamedLastIsDeflatedFirst() {
    Lab lab = lab(GuestProfile.linux());
    lab.device.target = 1000;
    lab.guest.load();
    lab.clock.run();
    lab.device.setTarget(700);
    lab.clock.run();
    lab.device.setTarget(0);
    lab.clock.run();
    List<Long> inflated = new ArrayList<>(pfns(lab, BalloonQueue.INFLATE));
    Collections.reverse(inflated);
    assertEquals(inflated, pfns(lab, BalloonQueue.DEFLATE));
    assertEquals(0, lab.guest.accounts().balloonedPages());
  }

  @Test
  void deflatedPagesAreFreeOnlyAfterTheAcknowledgement() {
    Lab lab = lab(GuestProfile.linux());
    lab.device.target = 256;
    lab.guest.load();
    lab.clock.run();
    lab.device.ackDelayNanos = SECOND;
    lab.device.setTarget(0);
    lab.clock.run(SECOND / 2);
    assertEquals(GuestState.WAITING, lab.guest.state());
    assertEquals(256, lab.guest.accounts().inFlightPages());
    assertEquals(BALLOONABLE - 256, lab.guest.accounts().freePages());
    lab.clock.run();
    assertEquals(BALLOONABLE, lab.guest.accounts().freePages());
  }

  @Test
  void whereMemoryEndsTheDriverSendsWhatItGotAndTriesAgainAfterAFifthOfASecond() {
    Lab lab = lab(GuestProfile.linux());
    lab.device.target = (int) BALLOONABLE + 100;
    lab.guest.load();
    lab.clock.run(5 * SECOND);
    assertEquals(BALLOONABLE, lab.guest.accounts().balloonedPages());
    long failed = lab.guest.accounts().failedAllocations();
    lab.clock.run(SECOND);
    assertEquals(failed + 5, lab.guest.accounts().failedAllocations());
    assertEquals(GuestState.SLEEPING, lab.guest.state());
    lab.device.setTarget(BALLOONABLE);
    lab.clock.run();
    assertEquals(GuestState.IDLE, lab.guest.state());
  }

  @Test
  void withTheTwoMibBitAPfnNamesTheFirstSmallPageOfATwoMibPage() {
    Lab lab = lab(GuestProfile.linux().withBalloonPage(BalloonPage.HUGE));
    lab.device.target = 3 * 512 - 5;
    lab.guest.load();
    lab.clock.run();
    assertEquals(BalloonPage.HUGE, lab.guest.balloonPage());
    assertEquals(
        List.of(FOUR_GIB_PFN + 1024, FOUR_GIB_PFN + 512, FOUR_GIB_PFN),
        lab.messages().getFirst().pfns());
    assertEquals(List.of(3 * 512), lab.device.actuals);
    assertEquals(1_930_000 * 3 / 256, lab.messages().getFirst().nanos());
  }

  @Test
  void withoutTheTwoMibBitOfferedTheGuestBalloonsSmallPages() {
    Lab lab = lab(GuestProfile.linux().withBalloonPage(BalloonPage.HUGE));
    lab.device.offered = BalloonFeatures.LINUX;
    lab.guest.load();
    assertEquals(BalloonPage.SMALL, lab.guest.balloonPage());
  }

  @Test
  void aStallingDriverStopsForEverAtHalfOfItsFirstTarget() {
    Lab lab = lab(GuestProfile.stalls());
    lab.device.target = 100_001;
    lab.guest.load();
    lab.clock.run();
    assertEquals(50_000, lab.guest.accounts().balloonedPages());
    assertEquals(GuestState.STALLED, lab.guest.state());
    lab.device.setTarget(0);
    lab.guest.unload();
    lab.clock.run();
    assertEquals(50_000, lab.guest.accounts().balloonedPages());
  }

  @Test
  void aStallingDriverStopsWhereAFallingTargetMeetsIt() {
    Lab lab = lab(GuestProfile.stalls());
    lab.device.target = 100_000;
    lab.guest.load();
    lab.clock.run(1_000_000);
    lab.device.setTarget(10);
    lab.clock.run();
    assertEquals(512, lab.guest.accounts().balloonedPages());
    assertEquals(GuestState.STALLED, lab.guest.state());
  }

  @Test
  void aRemovedDriverDeflatesEverythingAndResetsTheDevice() {
    Lab lab = lab(GuestProfile.linux());
    lab.device.target = 10_000;
    lab.guest.load();
    lab.clock.run(10_000_000);
    lab.guest.unload();
    lab.clock.run();
    assertEquals(GuestState.UNLOADED, lab.guest.state());
    assertEquals(0, lab.device.statuses.getLast());
    assertEquals(0, lab.device.actuals.getLast());
    assertEquals(BALLOONABLE, lab.guest.accounts().freePages());
  }

  @Test
  void aDriverCanBeLoadedAgain() {
    Lab lab = lab(GuestProfile.linux());
    lab.device.target = 10_000;
    for (int life = 1; life <= 3; life++) {
      lab.guest.load();
      assertThrows(IllegalStateException.class, lab.guest::load);
      lab.clock.run();
      assertEquals(10_000, lab.guest.accounts().balloonedPages());
      lab.guest.unload();
      lab.clock.run();
      assertEquals(10_000L * life, lab.guest.accounts().deflatedPages());
    }
  }

  @Test
  void aRebootEmptiesTheBalloonWithoutAWordAndWaitsForTheReset() {
    Lab lab = lab(GuestProfile.linux());
    lab.device.target = 10_000;
    lab.device.ackDelayNanos = 10_000_000;
    lab.guest.load();
    lab.clock.run(SECOND / 10);
    lab.device.holdReset = true;
    lab.guest.reboot();
    lab.clock.run(SECOND);
    assertEquals(GuestState.RESETTING, lab.guest.state());
    assertEquals(BALLOONABLE, lab.guest.accounts().freePages());
    assertThrows(IllegalStateException.class, lab.guest::load);
    lab.device.completeReset();
    lab.clock.run();
    assertEquals(GuestState.UNLOADED, lab.guest.state());
    assertEquals(0, lab.guest.accounts().deflatedPages());
    lab.guest.load();
    lab.clock.run();
    assertEquals(10_000, lab.guest.accounts().balloonedPages());
  }

  @Test
  void aGuestUnderPressureCompactsAndRunsOutOfMemoryWhileItsBalloonIsHandedBack() {
    Lab lab = lab(GuestProfile.pressured().withSeed(7));
    lab.device.target = 800_000;
    lab.guest.load();
    lab.clock.run(2 * SECOND);
    assertEquals(0, lab.guest.accounts().compactions());
    handBack(lab, 5 * SECOND);
    GuestAccounts accounts = lab.guest.accounts();
    assertTrue(accounts.compactions() > 300, accounts::toString);
    assertTrue(accounts.outOfMemoryDeflates() > 100, accounts::toString);
    assertCompactionPairs(lab.messages(), accounts.compactions());
  }

  /** As a device hands back: a little less every 5 ms, never more than what is ballooned. */
  private static void handBack(Lab lab, long nanos) {
    for (long passed = 0; passed < nanos; passed += 5_000_000) {
      lab.clock.run(5_000_000);
      long ballooned = lab.guest.accounts().balloonedPages();
      lab.device.setTarget(Math.min(ballooned, 800_000 - 800_000 * passed / nanos));
    }
  }

  /** A compaction is an inflate of one page, and at once a deflate of one other, older page. */
  private static void assertCompactionPairs(List<Message> messages, long compactions) {
    long pairs = 0;
    for (int i = 1; i < messages.size(); i++) {
      Message first = messages.get(i - 1);
      Message second = messages.get(i);
      if (first.queue() == BalloonQueue.INFLATE
          && first.pfns().size() == 1
          && second.pfns().size() == 1) {
        assertEquals(BalloonQueue.DEFLATE, second.queue());
        assertFalse(first.pfns().equals(second.pfns()));
        pairs++;
      }
    }
    assertEquals(compactions, pairs);
  }

  @Test
  void withoutDeflateOnOomNobodyDeflatesUnasked() {
    long features = BalloonFeatures.LINUX & ~BalloonFeatures.DEFLATE_ON_OOM;
    Lab lab = lab(GuestProfile.pressured().withFeatures(features));
    lab.device.target = 100_000;
    lab.guest.load();
    lab.clock.run(3 * SECOND);
    assertEquals(0, lab.guest.accounts().outOfMemoryDeflates());
    assertEquals(100_000, lab.guest.accounts().balloonedPages());
    assertTrue(lab.guest.accounts().compactions() > 300);
  }

  @Test
  void spuriousInterruptsDoNoHarm() {
    Lab lab = lab(GuestProfile.linux());
    lab.guest.onQueueInterrupt(0);
    lab.guest.onConfigInterrupt();
    lab.device.target = 256;
    lab.device.ackDelayNanos = SECOND;
    lab.guest.load();
    lab.clock.run(SECOND / 2);
    for (int queue = -1; queue < 5; queue++) {
      lab.guest.onQueueInterrupt(queue);
      lab.guest.onConfigInterrupt();
    }
    lab.clock.run();
    assertEquals(1, lab.messages().size());
  }

  @Test
  void aDeviceThatUsesWhatItWasNotGivenIsReported() {
    Lab lab = lab(GuestProfile.linux());
    lab.device.target = 256;
    lab.device.ackDelayNanos = 0;
    lab.device.keepAcks = true;
    lab.guest.load();
    lab.clock.run();
    assertThrows(DeviceMisbehavedException.class, () -> lab.device.writeUsedIndex(0, 2));
    assertThrows(DeviceMisbehavedException.class, () -> lab.device.writeUsedIndex(1, 1));
    lab.device.writeUsedElement(0, 0, 77);
    assertThrows(DeviceMisbehavedException.class, () -> lab.device.writeUsedIndex(0, 1));
  }

  @Test
  void aGuestOf384GibBalloonsNearlyAllOfItAndTakesItBack() {
    var lab = new Lab(384 * Lab.GIB, GuestProfile.linux());
    labs.add(lab);
    lab.device.recording = false;
    long all = lab.guest.accounts().freePages();
    lab.device.target = (int) all;
    lab.guest.load();
    lab.clock.run();
    assertEquals(all, lab.guest.accounts().balloonedPages());
    lab.device.setTarget(0);
    lab.clock.run();
    assertEquals(all, lab.guest.accounts().freePages());
    assertEquals(2 * all, lab.device.pfnsRead);
    assertEquals(all / 256 * (650_000 + 450_000), lab.clock.now());
  }

  @Test
  void memoryTooSmallForAGuestIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Lab(16 * 1024, GuestProfile.linux()));
  }

  private static List<Long> pfns(Lab lab, BalloonQueue queue) {
    return lab.messages().stream()
        .filter(message -> message.queue() == queue)
        .flatMap(message -> message.pfns().stream())
        .toList();
  }

  private static List<Long> descending(long first, int count) {
    var pfns = new ArrayList<Long>();
    for (long pfn = first + count - 1; pfn >= first; pfn--) {
      pfns.add(pfn);
    }
    return pfns;
  }
}
