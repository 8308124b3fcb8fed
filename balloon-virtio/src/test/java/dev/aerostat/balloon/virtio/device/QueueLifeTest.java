package dev.aerostat.balloon.virtio.device;

import static dev.aerostat.balloon.virtio.device.TestGuest.BUFFERS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.balloon.virtio.BalloonFeature;
import dev.aerostat.balloon.virtio.BalloonMistake;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.QueuePosition;
import dev.aerostat.virtio.QueueSetup;
import dev.aerostat.virtio.QueueStop;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Each queue has a life of its own: late starts, pauses, and stops that may be a reset. */
class QueueLifeTest {
  private static final int SIZE = 8;

  private final TestGuest guest =
      TestGuest.running(TestGuest.offering(BalloonFeature.EVENT_INDEX).withQueueSize(SIZE));
  private final BalloonDevice device = guest.device;

  private QueuePosition stop(int index, QueueStop meaning) {
    CompletableFuture<QueuePosition> stopped = device.registers().disableQueue(index, meaning);
    guest.process();
    return stopped.getNow(null);
  }

  private void restart(int index, int at) {
    assertEquals(QueueSetup.ACCEPTED, place(index, at));
    assertEquals(QueueSetup.ACCEPTED, device.registers().enableQueue(index));
    guest.process();
  }

  private QueueSetup place(int index, int at) {
    QueueLayout it = guest.queue(index).layout();
    return device
        .registers()
        .configureQueue(
            index,
            new QueueLayout(it.size(), it.descriptorArea(), it.driverArea(), it.deviceArea(), at));
  }

  @Test
  void eachQueueMayStartBeforeTheNextIsPlaced() {
    var late = new TestGuest(TestGuest.offering(BalloonFeature.EVENT_INDEX).withQueueSize(SIZE));
    late.negotiate(late.device.registers().offeredFeatures());
    late.enable(0, late.queue(0, SIZE));
    late.driverOk();
    late.inflateNow(5);
    late.enable(1, late.queue(1, SIZE));
    late.deflateNow(5);
    assertEquals(
        List.of(
            "inflated 5-6",
            "inflate end 1",
            "deflate begin 0",
            "deflated 0 5-6",
            "deflate end 0 1"),
        late.recorded.takeLog());
  }

  @Test
  void aLateQueueIsReadWithoutAKick() {
    var late = new TestGuest(TestGuest.plain().withQueueSize(SIZE));
    late.negotiate(late.device.registers().offeredFeatures());
    late.driverOk();
    late.memory.writePfns(BUFFERS, 5);
    late.queue(0, SIZE).offer(0, BUFFERS, 4);
    late.wakes = 0;
    late.enable(0, late.queue(0));
    assertEquals(1, late.wakes);
    late.process();
    assertEquals(List.of("inflated 5-6", "inflate end 1"), late.recorded.takeLog());
  }

  @Test
  void aLateQueueIsFoundInEitherNumbering() {
    var late = new TestGuest(TestGuest.offering(BalloonFeature.PAGE_REPORTING).withQueueSize(SIZE));
    late.negotiate(late.device.registers().offeredFeatures());
    late.driverOk();
    for (int index = 0; index < 3; index++) {
      late.enable(index, late.queue(index, SIZE));
      late.process();
    }
    late.queue(2).offer(0, BUFFERS, 4096);
    late.process();
    assertEquals(List.of(0), late.queue(2).takeUsedHeads());
    assertEquals(0, late.mistakes(BalloonMistake.UNKNOWN_QUEUES));
  }

  @Test
  void aStoppedQueueIsLeftAloneAndGoesOnWhereItStopped() {
    guest.inflateNow(5);
    assertEquals(new QueuePosition(1, false), stop(0, QueueStop.PAUSE));
    guest.recorded.takeLog();
    guest.inflateNow(6);
    assertEquals(List.of(), guest.recorded.takeLog());
    assertEquals(1, guest.inflate().usedIndex());
    restart(0, 1);
    assertEquals(List.of("inflated 6-7", "inflate end 1"), guest.recorded.takeLog());
  }

  @Test
  void aPauseNeedsNothingButDisableAndEnable() {
    assertFalse(device.registers().isQueueEnabled(2));
    stop(0, QueueStop.PAUSE);
    assertFalse(device.registers().isQueueEnabled(0));
    guest.inflateNow(6);
    guest.wakes = 0;
    assertEquals(QueueSetup.ACCEPTED, device.registers().enableQueue(0));
    assertTrue(device.registers().isQueueEnabled(0));
    assertEquals(1, guest.wakes);
    guest.process();
    assertEquals(List.of("inflated 6-7", "inflate end 1"), guest.recorded.takeLog());
  }

  @Test
  void theOtherQueuesGoOnBesideAStoppedOne() {
    stop(0, QueueStop.PAUSE);
    guest.deflateNow(5);
    assertEquals(List.of(0), guest.recorded.tokens);
    device.acknowledge(0);
    assertEquals(List.of(0), guest.deflate().takeUsedHeads());
  }

  /**
   * The guest may have inflated the page first, and has it back: it must not count as ballooned.
   */
  @Test
  void whatADeflateHasOvertakenIsNotBallooned() {
    stop(0, QueueStop.PAUSE);
    guest.memory.writePfns(BUFFERS, 5);
    guest.inflate().offer(0, BUFFERS, 4);
    guest.deflateNow(5);
    guest.recorded.takeLog();
    restart(0, 0);
    guest.memory.writePfns(BUFFERS, 6);
    guest.inflate().offer(1, BUFFERS, 4);
    guest.process();
    assertEquals(
        List.of("inflate end 0", "inflated 6-7", "inflate end 1"), guest.recorded.takeLog());
    assertEquals(List.of(0, 1), guest.inflate().takeUsedHeads());
  }

  @Test
  void whatALateInflateQueueHoldsMayBeOvertakenToo() {
    var late = new TestGuest(TestGuest.plain().withQueueSize(SIZE));
    late.negotiate(late.device.registers().offeredFeatures());
    late.enable(1, late.queue(1, SIZE));
    late.driverOk();
    late.memory.writePfns(BUFFERS, 5);
    late.queue(0, SIZE).offer(0, BUFFERS, 4);
    late.deflateNow(5);
    late.recorded.takeLog();
    late.enable(0, late.queue(0));
    late.process();
    assertEquals(List.of("inflate end 0"), late.recorded.takeLog());
  }

  @Test
  void whatWasReadIsAnsweredOnceWhenTheQueueGoesOn() {
    for (int head = 0; head < 3; head++) {
      guest.memory.writePfns(BUFFERS, 5);
      guest.deflate().offer(head, BUFFERS, 4);
    }
    guest.process();
    device.acknowledge(2);
    assertEquals(new QueuePosition(3, true), stop(1, QueueStop.PAUSE));
    device.acknowledge(0);
    assertThrows(IllegalStateException.class, () -> device.acknowledge(0));
    assertEquals(List.of(2), guest.deflate().takeUsedHeads());
    restart(1, 3);
    assertEquals(List.of(0), guest.deflate().takeUsedHeads());
    device.acknowledge(1);
    assertEquals(List.of(1), guest.deflate().takeUsedHeads());
    assertEquals(new QueuePosition(3, false), stop(1, QueueStop.PAUSE));
  }

  @Test
  void theUsedIndexGoesOnFromGuestMemory() {
    guest.inflateNow(5);
    stop(0, QueueStop.PAUSE);
    guest.memory.write(guest.inflate().layout().deviceArea() + 2, 0, 2);
    restart(0, 1);
    guest.inflateNow(6);
    assertEquals(1, guest.inflate().usedIndex());
  }

  @Test
  void aMessageCutOffByAStopIsReadToItsEndLater() {
    guest.memory.writePfns(BUFFERS, 5, 7, 9);
    guest.deflate().offer(0, BUFFERS, 12);
    device.process(guest.recorded, 3);
    CompletableFuture<QueuePosition> stopped = device.registers().disableQueue(1, QueueStop.PAUSE);
    guest.processAll(2);
    assertEquals(new QueuePosition(1, true), stopped.getNow(null));
    assertEquals(List.of("deflate begin 0", "deflated 0 5-6"), guest.recorded.takeLog());
    restart(1, 1);
    assertEquals(
        List.of("deflated 0 7-8", "deflated 0 9-10", "deflate end 0 3"), guest.recorded.takeLog());
  }

  @Test
  void aStopCompletesOnlyOnceTheEventThreadHasLetGo() {
    CompletableFuture<QueuePosition> first = device.registers().disableQueue(0, QueueStop.PAUSE);
    CompletableFuture<QueuePosition> second = device.registers().disableQueue(0, QueueStop.PAUSE);
    assertFalse(first.isDone());
    assertEquals(QueueSetup.TOO_LATE, place(0, 0));
    guest.process();
    assertEquals(new QueuePosition(0, false), first.getNow(null));
    assertEquals(new QueuePosition(0, false), second.getNow(null));
    assertTrue(device.registers().disableQueue(0, QueueStop.PAUSE).isDone());
  }

  @Test
  void aQueueThatWasNeverInUseIsStoppedAtOnce() {
    var fresh = new TestGuest(TestGuest.plain());
    QueueLayout it = fresh.queue(0, SIZE).layout();
    fresh
        .device
        .registers()
        .configureQueue(
            0,
            new QueueLayout(SIZE, it.descriptorArea(), it.driverArea(), it.deviceArea(), 0x10007));
    fresh.device.registers().enableQueue(0);
    assertEquals(
        new QueuePosition(7, false),
        fresh.device.registers().disableQueue(0, QueueStop.PERHAPS_RESET).join());
    for (int index : new int[] {1, 4, -1, 99}) {
      assertEquals(
          new QueuePosition(0, false),
          fresh.device.registers().disableQueue(index, QueueStop.PAUSE).join());
    }
  }

  @Test
  void aQueueEnabledBeforeItsStopWasSeenGoesOn() {
    guest.inflateNow(5);
    CompletableFuture<QueuePosition> stopped =
        device.registers().disableQueue(0, QueueStop.PERHAPS_RESET);
    device.registers().enableQueue(0);
    guest.process();
    guest.process();
    assertEquals(new QueuePosition(1, false), stopped.getNow(null));
    guest.recorded.takeLog();
    guest.inflateNow(6);
    assertEquals(List.of("inflated 6-7", "inflate end 1"), guest.recorded.takeLog());
  }

  @Test
  void aQueueThatIsToStartElsewhereIsANewDrivers() {
    guest.inflateNow(5);
    stop(0, QueueStop.PERHAPS_RESET);
    assertEquals(QueueSetup.RESET_FIRST, place(0, 0));
    QueueLayout moved = TestQueue.at(guest.memory, TestMemory.MIB, SIZE).layout();
    assertEquals(QueueSetup.RESET_FIRST, device.registers().configureQueue(0, moved));
    assertEquals(QueueSetup.ACCEPTED, place(0, 1));
  }

  @Test
  void aStopThatMayBeAResetWaitsUntilAResetWouldDoNoHarm() {
    CompletableFuture<QueuePosition> stopped =
        device.registers().disableQueue(0, QueueStop.PERHAPS_RESET);
    guest.process();
    guest.process();
    assertEquals(List.of("stop"), guest.recorded.takeLog());
    assertFalse(stopped.isDone());
    device.completeStop();
    assertTrue(stopped.isDone());
    CompletableFuture<QueuePosition> other =
        device.registers().disableQueue(1, QueueStop.PERHAPS_RESET);
    guest.process();
    assertTrue(other.isDone());
    restart(0, 0);
    assertEquals(List.of(), guest.recorded.takeLog());
    restart(1, 0);
    assertEquals(List.of("stop ended"), guest.recorded.takeLog());
    assertThrows(IllegalStateException.class, device::completeStop);
  }

  @Test
  void aStopMayBeCompletedFromWithinItsRequest() {
    guest.recorded.onStop = device::completeStop;
    assertEquals(new QueuePosition(0, false), stop(0, QueueStop.PERHAPS_RESET));
  }

  @Test
  void aPauseTellsTheEngineNothing() {
    device.registers().writeConfig(4, 4, 77);
    stop(0, QueueStop.PAUSE);
    stop(1, QueueStop.PAUSE);
    restart(0, 0);
    restart(1, 0);
    assertEquals(List.of(), guest.recorded.takeLog());
    assertEquals(77, device.actual());
  }

  @Test
  void aPauseMayTurnOutToBePerhapsAReset() {
    assertEquals(new QueuePosition(0, false), stop(0, QueueStop.PAUSE));
    CompletableFuture<QueuePosition> again =
        device.registers().disableQueue(0, QueueStop.PERHAPS_RESET);
    guest.process();
    assertFalse(again.isDone());
    assertEquals(List.of("stop"), guest.recorded.takeLog());
  }

  @Test
  void aResetEndsAStopAndAnswersAllWhoWait() {
    guest.inflateNow(5);
    CompletableFuture<QueuePosition> stopped =
        device.registers().disableQueue(0, QueueStop.PERHAPS_RESET);
    guest.process();
    CompletableFuture<Void> reset = device.registers().reset();
    CompletableFuture<QueuePosition> late = device.registers().disableQueue(1, QueueStop.PAUSE);
    guest.process();
    assertFalse(stopped.isDone() || late.isDone() || reset.isDone());
    device.completeReset();
    assertTrue(reset.isDone());
    assertEquals(new QueuePosition(1, false), stopped.getNow(null));
    assertEquals(new QueuePosition(0, false), late.getNow(null));
    assertThrows(IllegalStateException.class, device::completeStop);
    assertEquals(Optional.empty(), device.registers().queueLayout(0));
  }

  @Test
  void theSetUpOfAQueueCanBeReadBack() {
    assertEquals(Optional.of(guest.inflate().layout()), device.registers().queueLayout(0));
    assertTrue(device.registers().isQueueEnabled(0));
    assertEquals(Optional.empty(), device.registers().queueLayout(4));
    assertFalse(device.registers().isQueueEnabled(-1));
  }
}
