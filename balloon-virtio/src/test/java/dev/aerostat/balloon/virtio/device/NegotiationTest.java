package dev.aerostat.balloon.virtio.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.balloon.virtio.BalloonFeature;
import dev.aerostat.balloon.virtio.BalloonFeatureBits;
import dev.aerostat.balloon.virtio.BalloonMistake;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.virtio.DeviceStatus;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.QueuePosition;
import dev.aerostat.virtio.QueueSetup;
import dev.aerostat.virtio.QueueStop;
import dev.aerostat.virtio.VirtioFeatures;
import dev.aerostat.virtio.VirtioMistake;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NegotiationTest {
  private static final BalloonSettings ALL =
      BalloonSettings.defaults().withOffered(EnumSet.allOf(BalloonFeature.class));

  private final TestGuest guest = new TestGuest(BalloonSettings.defaults());
  private final BalloonDevice device = guest.device;

  @Test
  void featureBitsAreThoseOfTheSpecification() {
    long bits = 0b111111L | 1L << 28 | 1L << 29 | 1L << 32 | 1L << 62;
    assertEquals(bits, new TestGuest(ALL).device.registers().offeredFeatures());
    assertEquals(
        1L | 1L << 32,
        new TestGuest(ALL.withOffered(Set.of())).device.registers().offeredFeatures());
    var moved = ALL.withOffered(Set.of(BalloonFeature.HUGE_PAGES)).withHugePageFeatureBit(63);
    assertEquals(
        1L | 1L << 32 | 1L << 63, new TestGuest(moved).device.registers().offeredFeatures());
  }

  @Test
  void settingsRefuseWhatIsNotLegal() {
    for (int bit : new int[] {49, 64, -1}) {
      assertThrows(IllegalArgumentException.class, () -> ALL.withHugePageFeatureBit(bit));
    }
    for (int size : new int[] {0, 3, 65_536, -2, Integer.MIN_VALUE}) {
      assertThrows(IllegalArgumentException.class, () -> ALL.withQueueSize(size));
    }
  }

  @Test
  void featuresOkIsWithheldWithoutMustTellHostOrVersion1() {
    for (long lacking : new long[] {BalloonFeatureBits.MUST_TELL_HOST, VirtioFeatures.VERSION_1}) {
      var other = new TestGuest(BalloonSettings.defaults());
      other.negotiate(other.device.registers().offeredFeatures() & ~lacking);
      assertFalse((other.device.registers().status() & DeviceStatus.FEATURES_OK) != 0);
      assertEquals(1, other.mistakes(VirtioMistake.FEATURES_REFUSED));
    }
  }

  @Test
  void featuresOkIsWithheldFromAFeatureThatIsNotOffered() {
    guest.negotiate(device.registers().offeredFeatures() | 1L << 34);
    assertFalse((device.registers().status() & DeviceStatus.FEATURES_OK) != 0);
  }

  @Test
  void withoutFeaturesOkThereIsNoDriverOkAndNothingIsEverBallooned() {
    guest.negotiate(VirtioFeatures.VERSION_1);
    guest.enable(0, guest.queue(0, 8));
    device.registers().writeStatus(TestGuest.UP);
    guest.inflateNow(5);
    assertEquals(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER, device.registers().status());
    assertEquals(List.of(), guest.recorded.takeLog());
    assertTrue(guest.mistakes(VirtioMistake.OUT_OF_STEP) > 0);
  }

  @Test
  void theDriverIsReadyOnceAndBeforeItsFirstMessage() {
    guest.negotiate(device.registers().offeredFeatures());
    guest.enable(0, guest.queue(0, 8));
    device.registers().writeStatus(TestGuest.UP);
    guest.inflateNow(512);
    device.registers().writeStatus(TestGuest.UP);
    guest.process();
    assertEquals(
        List.of("ready", "inflated 512-1024", "inflate end 512"), guest.recorded.takeLog());
  }

  @Test
  void featuresCannotChangeOnceAgreed() {
    guest.negotiate(device.registers().offeredFeatures());
    device.registers().writeDriverFeatures(0);
    device.registers().writeStatus(TestGuest.UP);
    assertEquals(TestGuest.UP, device.registers().status());
    assertEquals(1, guest.mistakes(VirtioMistake.OUT_OF_STEP));
  }

  @Test
  void aDriverClearsNoStatusBitAndSetsNoneOfTheDevices() {
    device.registers().writeStatus(DeviceStatus.ACKNOWLEDGE | DeviceStatus.NEEDS_RESET | 0x1f00);
    device.registers().writeStatus(DeviceStatus.DRIVER);
    assertEquals(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER, device.registers().status());
  }

  @Test
  void queuesAreRefusedWithTheReason() {
    var good = guest.queue(0, 8).layout();
    assertEquals(QueueSetup.NOT_CONFIGURED, device.registers().enableQueue(0));
    assertEquals(QueueSetup.NO_SUCH_QUEUE, device.registers().enableQueue(3));
    assertEquals(QueueSetup.NO_SUCH_QUEUE, device.registers().configureQueue(-1, good));
    for (int size : new int[] {0, 3, 256, -8, Integer.MIN_VALUE}) {
      assertEquals(QueueSetup.BAD_SIZE, place(new QueueLayout(size, 0, 4096, 8192)));
    }
    assertEquals(QueueSetup.MISALIGNED, place(new QueueLayout(8, 8, 4096, 8192)));
    assertEquals(QueueSetup.MISALIGNED, place(new QueueLayout(8, 0, 4097, 8192)));
    assertEquals(QueueSetup.MISALIGNED, place(new QueueLayout(8, 0, 4096, 8194)));
    assertEquals(QueueSetup.OUTSIDE_MEMORY, place(new QueueLayout(8, -16, 4096, 8192)));
    long edge = TestMemory.HOLE - 16;
    assertEquals(QueueSetup.OUTSIDE_MEMORY, place(new QueueLayout(8, edge, 4096, 8192)));
    assertEquals(QueueSetup.OUTSIDE_MEMORY, place(new QueueLayout(8, 0, edge, 8192)));
    assertEquals(QueueSetup.OUTSIDE_MEMORY, place(new QueueLayout(8, 0, 4096, edge)));
    assertEquals(QueueSetup.ACCEPTED, place(new QueueLayout(1, edge, 4096, 8192)));
    assertTrue(guest.mistakes(VirtioMistake.QUEUE_REFUSED) > 10);
  }

  private QueueSetup place(QueueLayout layout) {
    return device.registers().configureQueue(0, layout);
  }

  @Test
  void aQueueInUseCannotBeMovedAndNoneCanDuringAReset() {
    guest.negotiate(device.registers().offeredFeatures());
    guest.enable(0, guest.queue(0, 8));
    guest.driverOk();
    assertEquals(QueueSetup.TOO_LATE, place(guest.queue(1, 8).layout()));
    device.registers().writeStatus(0);
    assertEquals(
        QueueSetup.TOO_LATE, device.registers().configureQueue(1, guest.queue(1, 8).layout()));
    assertEquals(QueueSetup.TOO_LATE, device.registers().enableQueue(0));
  }

  @Test
  void aQueueThatIsPlacedAnewIsOffUntilItIsEnabledAnew() {
    guest.negotiate(device.registers().offeredFeatures());
    guest.enable(0, guest.queue(0, 8));
    assertEquals(QueueSetup.ACCEPTED, place(guest.queue(0, 8).layout()));
    guest.driverOk();
    guest.inflateNow(512);
    assertEquals(List.of(), guest.recorded.takeLog());
  }

  @Test
  void aResetForgetsTheFeatures() {
    guest.negotiate(device.registers().offeredFeatures());
    device.registers().writeStatus(0);
    guest.process();
    device.completeReset();
    device.registers().writeStatus(DeviceStatus.FEATURES_OK);
    assertEquals(0, device.registers().status());
  }

  @Test
  void aQueueThatIsPlacedWronglyAfterAllIsOff() {
    guest.enable(0, guest.queue(0, 8));
    assertEquals(QueueSetup.MISALIGNED, place(new QueueLayout(8, 8, 4096, 8192)));
    assertEquals(QueueSetup.NOT_CONFIGURED, device.registers().enableQueue(0));
  }

  @Test
  void thereAreAsManyQueuesAsAnyNumberingUses() {
    assertEquals(3, device.registers().queueCount());
    assertEquals(5, new TestGuest(ALL).device.registers().queueCount());
    assertEquals(2, new TestGuest(TestGuest.plain()).device.registers().queueCount());
    assertEquals(128, device.registers().maxQueueSize(2));
    assertEquals(0, device.registers().maxQueueSize(3));
    assertEquals(0, device.registers().maxQueueSize(-1));
    var reports = new TestGuest(TestGuest.offering(BalloonFeature.PAGE_REPORTING)).device;
    assertEquals(5, reports.registers().queueCount());
    assertEquals(128, reports.registers().maxQueueSize(2));
    assertEquals(0, reports.registers().maxQueueSize(3));
    assertEquals(128, reports.registers().maxQueueSize(4));
  }

  @Test
  void bothNumberingsAreServedAsTheEnabledQueuesTell() {
    long hintAndReports =
        BalloonFeatureBits.REQUIRED
            | BalloonFeatureBits.FREE_PAGE_HINT
            | BalloonFeatureBits.PAGE_REPORTING;
    assertEquals(4, indexThatReturnsAReport(hintAndReports, 0, 1, 3, 4));
    assertEquals(3, indexThatReturnsAReport(hintAndReports, 0, 1, 2, 3));
    assertEquals(4, indexThatReturnsAReport(hintAndReports, 0, 1, 4));
    long all = hintAndReports | BalloonFeatureBits.STATS_VQ;
    assertEquals(4, indexThatReturnsAReport(all, 0, 1, 2, 3, 4));
    long reports = BalloonFeatureBits.REQUIRED | BalloonFeatureBits.PAGE_REPORTING;
    assertEquals(2, indexThatReturnsAReport(reports, 0, 1, 2));
  }

  /** Sends a report on each enabled queue but the first two. */
  private static int indexThatReturnsAReport(long features, int... enabled) {
    var other = new TestGuest(ALL);
    other.negotiate(features);
    for (int index : enabled) {
      other.enable(index, other.queue(index, 32));
    }
    other.driverOk();
    int found = -1;
    for (int index : enabled) {
      if (index >= 2) {
        // Outside memory: only the queue that reads no buffer makes no mistake of it.
        other.queue(index).descriptor(0, TestMemory.HOLE, 4096, TestQueue.WRITE, 0);
        other.queue(index).offer(0);
        long before = mistakes(other);
        other.process();
        found = mistakes(other) == before ? index : found;
      }
    }
    assertEquals(0, other.mistakes(BalloonMistake.UNKNOWN_QUEUES));
    return found;
  }

  /** As over vhost-user, where each queue is enabled by a message of its own. */
  @ParameterizedTest
  @CsvSource({
    "01234, 4",
    "0134, 4",
    "0143, 4",
    "3014, 4",
    "3410, 4",
    "4310, 4",
    "4013, 4",
    "0123, 3",
    "0132, 3",
    "3012, 3",
    "3210, 3",
    "2310, 3",
    "2013, 3"
  })
  void bothNumberingsAreServedInWhateverOrderQueuesAreEnabled(String order, int reports) {
    long features =
        BalloonFeatureBits.REQUIRED
            | BalloonFeatureBits.FREE_PAGE_HINT
            | BalloonFeatureBits.PAGE_REPORTING
            | (order.length() == 5 ? BalloonFeatureBits.STATS_VQ : 0);
    var other = new TestGuest(ALL);
    other.negotiate(features);
    other.driverOk();
    for (int index : order.chars().map(Character::getNumericValue).toArray()) {
      other.enable(index, other.queue(index, 32));
      // Outside memory: only the queue that reads no buffer makes no mistake of it.
      other.queue(index).descriptor(0, TestMemory.HOLE, 4096, TestQueue.WRITE, 0);
      other.queue(index).offer(0);
      other.process();
    }
    assertEquals(1, other.queue(reports).usedIndex(), "a report is returned");
    assertEquals(0, other.mistakes(BalloonMistake.UNKNOWN_QUEUES));
    assertEquals(order.length() - 1, mistakes(other), "all else was read as what it is");
  }

  @Test
  void aQueueThatWaitsToBeToldApartStopsAndGoesOn() throws Exception {
    var other = new TestGuest(ALL);
    other.negotiate(
        BalloonFeatureBits.REQUIRED
            | BalloonFeatureBits.FREE_PAGE_HINT
            | BalloonFeatureBits.PAGE_REPORTING);
    other.driverOk();
    other.enable(3, other.queue(3, 32));
    other.queue(3).descriptor(0, TestMemory.HOLE, 4096, TestQueue.WRITE, 0);
    other.queue(3).offer(0);
    other.process();
    assertEquals(0, other.queue(3).usedIndex(), "it may be for hints, or for reports");
    var stop = other.device.registers().disableQueue(3, QueueStop.PAUSE);
    other.process();
    assertEquals(new QueuePosition(0, false), stop.resultNow());
    other.enable(2, other.queue(2, 32));
    other.process();
    assertEquals(0, other.queue(3).usedIndex(), "it is stopped");
    assertEquals(QueueSetup.ACCEPTED, other.device.registers().enableQueue(3));
    other.process();
    assertEquals(1, other.queue(3).usedIndex(), "it is for reports");
    assertEquals(0, mistakes(other));
  }

  private static long mistakes(TestGuest guest) {
    return guest.device.counters().mistakes().values().stream().mapToLong(Long::longValue).sum();
  }

  @Test
  void queuesThatNoNumberingKnowsAreLeftAlone() {
    var other = new TestGuest(ALL);
    other.negotiate(BalloonFeatureBits.REQUIRED | BalloonFeatureBits.STATS_VQ);
    for (int index : new int[] {0, 1, 4}) {
      other.enable(index, other.queue(index, 8));
    }
    other.driverOk();
    other.queue(4).offer(0);
    other.inflateNow(5);
    assertEquals(1, other.mistakes(BalloonMistake.UNKNOWN_QUEUES));
    assertEquals(0, other.queue(4).usedIndex());
    assertEquals(List.of("inflated 5-6", "inflate end 1"), other.recorded.takeLog());
  }
}
