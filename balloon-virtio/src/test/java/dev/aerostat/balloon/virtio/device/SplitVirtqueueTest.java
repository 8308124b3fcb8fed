package dev.aerostat.balloon.virtio.device;

import static dev.aerostat.balloon.virtio.device.TestGuest.BUFFERS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.aerostat.balloon.virtio.BalloonFeature;
import dev.aerostat.balloon.virtio.BalloonMistake;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.virtio.GuestMistake;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.VirtioMistake;
import dev.aerostat.virtio.device.SplitVirtqueue;
import java.util.List;
import org.junit.jupiter.api.Test;

class SplitVirtqueueTest {
  private static final long TABLE = BUFFERS + TestMemory.MIB;

  private final TestGuest guest = TestGuest.running(TestGuest.plain().withQueueSize(8));
  private final TestQueue inflate = guest.inflate();
  private final TestQueue deflate = guest.deflate();

  @Test
  void theUsedLengthIsZeroSinceNothingIsWritten() {
    guest.inflateNow(1);
    assertEquals(List.of(new TestQueue.Used(0, 0)), inflate.takeUsed());
  }

  @Test
  void indexesWrapAt65536() {
    guest.memory.writePfns(BUFFERS, 5);
    for (int i = 0; i < 70_000; i++) {
      inflate.offer(i & 7, BUFFERS, 4);
      guest.process();
      if (!inflate.takeUsedHeads().equals(List.of(i & 7))) {
        throw new AssertionError("message " + i);
      }
      guest.recorded.takeLog();
    }
    assertEquals(70_000, guest.device.counters().inflateMessages());
    assertFalse(guest.needsReset());
  }

  @Test
  void aQueueThatIsTakenOverStartsWhereItStopped() {
    QueueLayout fresh = inflate.layout();
    int stopped = 65_535;
    var resumed =
        new QueueLayout(
            fresh.size(), fresh.descriptorArea(), fresh.driverArea(), fresh.deviceArea(), stopped);
    var driver = new TestQueue(guest.memory, resumed);
    guest.memory.write(resumed.driverArea() + 2, stopped, 2);
    guest.memory.write(resumed.deviceArea() + 2, stopped, 2);
    var queue =
        new SplitVirtqueue(
            0, resumed, 0, guest.memory.guestMemory(), _ -> {}, mistake -> fail(mistake.name()));
    assertFalse(queue.poll());
    driver.offer(3, BUFFERS, 4);
    assertTrue(queue.poll());
    queue.giveBack(queue.take());
    assertEquals(0, driver.usedIndex());
    assertEquals(List.of(3), driver.takeUsedHeads());
  }

  @Test
  void aQueueThatIsTakenOverAheadOfItsUsedIndexReturnsNothingThatItDidNotRead() {
    QueueLayout fresh = inflate.layout();
    var ahead =
        new QueueLayout(
            fresh.size(), fresh.descriptorArea(), fresh.driverArea(), fresh.deviceArea(), 5);
    var driver = new TestQueue(guest.memory, ahead);
    guest.memory.write(ahead.driverArea() + 2, 5, 2);
    guest.memory.write(ahead.deviceArea() + 2, 2, 2);
    var queue =
        new SplitVirtqueue(
            0, ahead, 0, guest.memory.guestMemory(), _ -> {}, mistake -> fail(mistake.name()));
    assertFalse(queue.poll());
    assertEquals(2, driver.usedIndex());
    driver.offer(6, BUFFERS, 4);
    assertTrue(queue.poll());
    queue.giveBack(queue.take());
    assertEquals(3, driver.usedIndex());
    assertEquals(6, guest.memory.read(ahead.deviceArea() + 4 + 8 * 2, 4));
  }

  @Test
  void anIndirectTableMayLieInRegionsThatTouch() {
    for (long before : new long[] {16, 24, 40, 41}) {
      long table = 4 * TestMemory.MIB - before;
      guest.memory.writePfns(BUFFERS, 5, 6, 7);
      for (int i = 0; i < 3; i++) {
        int next = i == 2 ? 0 : TestQueue.NEXT;
        inflate.descriptorAt(table + 16L * i, BUFFERS + 4L * i, 4, next, i + 1);
      }
      inflate.descriptor(4, table, 48, TestQueue.INDIRECT, 0);
      inflate.offer(4);
      guest.process();
      assertEquals(List.of("inflated 5-8", "inflate end 3"), guest.recorded.takeLog());
    }
    inflate.descriptor(4, TestMemory.HOLE - 16, 48, TestQueue.INDIRECT, 0);
    inflate.offer(4);
    guest.process();
    assertEquals(1, guest.mistakes(VirtioMistake.BUFFER_OUTSIDE_MEMORY));
  }

  @Test
  void theDriverIsAskedToRingWhateverTheUsedFlagsSaidBefore() {
    for (BalloonSettings settings :
        List.of(TestGuest.plain(), TestGuest.offering(BalloonFeature.EVENT_INDEX))) {
      var other = new TestGuest(settings);
      other.negotiate(other.device.registers().offeredFeatures());
      other.enable(0, other.queue(0, 8));
      other.memory.write(other.inflate().layout().deviceArea(), 1, 2);
      other.driverOk();
      assertEquals(0, other.memory.read(other.inflate().layout().deviceArea(), 2));
    }
  }

  @Test
  void anIndirectTableHoldsTheBuffersOfAMessage() {
    guest.memory.writePfns(BUFFERS, 5, 6, 7);
    inflate.descriptorAt(TABLE, BUFFERS, 4, TestQueue.NEXT, 2);
    inflate.descriptorAt(TABLE + 32, BUFFERS + 4, 8, 0, 0);
    inflate.descriptor(4, TABLE, 48, TestQueue.INDIRECT, 0);
    inflate.offer(4);
    guest.process();
    assertEquals(List.of("inflated 5-8", "inflate end 3"), guest.recorded.takeLog());
    assertEquals(List.of(4), inflate.takeUsedHeads());
  }

  @Test
  void anIndirectTableMayFollowOrdinaryDescriptors() {
    guest.memory.writePfns(BUFFERS, 5, 6);
    inflate.descriptor(1, BUFFERS, 4, TestQueue.NEXT, 3);
    inflate.descriptorAt(TABLE, BUFFERS + 4, 4, 0, 0);
    inflate.descriptor(3, TABLE, 16, TestQueue.INDIRECT, 0);
    inflate.offer(1);
    guest.process();
    assertEquals(List.of("inflated 5-7", "inflate end 2"), guest.recorded.takeLog());
  }

  @Test
  void anIndirectTableInsideAnIndirectTableIsNotFollowed() {
    inflate.descriptorAt(TABLE, TABLE, 16, TestQueue.INDIRECT, 0);
    offerTable(TABLE, 16, TestQueue.INDIRECT);
    assertSkipped(VirtioMistake.NESTED_INDIRECT_TABLE);
  }

  @Test
  void anIndirectTableHasWholeDescriptors() {
    offerTable(TABLE, 24, TestQueue.INDIRECT);
    offerTable(TABLE, 0, TestQueue.INDIRECT);
    offerTable(TABLE, 16, TestQueue.INDIRECT | TestQueue.NEXT);
    assertEquals(3, guest.mistakes(VirtioMistake.BAD_INDIRECT_TABLE));
    assertEquals(0, guest.mistakes(BalloonMistake.EMPTY_MESSAGE));
    assertFalse(guest.needsReset());
  }

  @Test
  void anIndirectTableThatWasNotNegotiatedIsNotFollowed() {
    var without = TestGuest.running(TestGuest.offering(BalloonFeature.DEFLATE_ON_OOM));
    without.inflate().descriptor(0, TABLE, 16, TestQueue.INDIRECT, 0);
    without.inflate().offer(0);
    without.process();
    assertEquals(1, without.mistakes(VirtioMistake.BAD_INDIRECT_TABLE));
  }

  @Test
  void anIndirectTableOutsideMemoryIsNotFollowed() {
    offerTable(TestMemory.HOLE, 16, TestQueue.INDIRECT);
    assertSkipped(VirtioMistake.BUFFER_OUTSIDE_MEMORY);
  }

  @Test
  void aChainOfMoreThan4GiBEnds() {
    inflate.descriptor(0, BUFFERS, 0xffff_ffffL, TestQueue.NEXT, 1);
    inflate.descriptor(1, BUFFERS, 0xffff_ffffL, 0, 0);
    inflate.offer(0);
    guest.process();
    assertEquals(1, guest.mistakes(VirtioMistake.CHAIN_TOO_LONG));
    assertEquals(List.of(0), inflate.takeUsedHeads());
  }

  @Test
  void aLoopEndsTheQueueAndItsChainIsStillReturned() {
    guest.memory.writePfns(BUFFERS, 5);
    inflate.descriptor(0, BUFFERS, 4, TestQueue.NEXT, 1);
    inflate.descriptor(1, BUFFERS, 4, TestQueue.NEXT, 0);
    inflate.offer(0);
    guest.process();
    assertBroken(VirtioMistake.DESCRIPTOR_LOOP);
    assertEquals(8, guest.device.counters().inflatePages());
    assertEquals(List.of(0), inflate.takeUsedHeads());
  }

  @Test
  void aLoopInAnIndirectTableEndsToo() {
    inflate.descriptorAt(TABLE, BUFFERS, 0, TestQueue.NEXT, 0);
    offerTable(TABLE, 16, TestQueue.INDIRECT);
    assertBroken(VirtioMistake.DESCRIPTOR_LOOP);
  }

  @Test
  void aNextBeyondTheTableEndsTheQueue() {
    inflate.descriptor(0, BUFFERS, 0, TestQueue.NEXT, 8);
    inflate.offer(0);
    guest.process();
    assertBroken(VirtioMistake.BAD_DESCRIPTOR_INDEX);
    assertEquals(List.of(0), inflate.takeUsedHeads());
  }

  @Test
  void aHeadBeyondTheTableEndsTheQueue() {
    inflate.offer(8);
    guest.process();
    assertBroken(VirtioMistake.BAD_DESCRIPTOR_INDEX);
    assertEquals(List.of(), inflate.takeUsedHeads());
  }

  @Test
  void anAvailableIndexTooFarAheadEndsTheQueue() {
    inflate.availableIndex(9);
    guest.process();
    assertBroken(VirtioMistake.INDEX_OVERRUN);
  }

  @Test
  void anAvailableIndexThatGoesBackEndsTheQueue() {
    guest.inflateNow(5);
    inflate.availableIndex(0);
    guest.process();
    assertBroken(VirtioMistake.INDEX_OVERRUN);
  }

  @Test
  void aChainThatIsStillOutCannotComeAgain() {
    guest.memory.writePfns(BUFFERS, 5);
    deflate.offer(2, BUFFERS, 4);
    guest.process();
    deflate.offer(2, BUFFERS, 4);
    guest.process();
    assertBroken(VirtioMistake.CHAIN_IN_USE);
    assertEquals(List.of(2), guest.recorded.tokens);
  }

  @Test
  void aBrokenQueueIsReadNoFurtherButTheOthersAre() {
    guest.memory.writePfns(BUFFERS, 5);
    deflate.offer(2, BUFFERS, 4);
    guest.process();
    deflate.availableIndex(500);
    guest.process();
    assertBroken(VirtioMistake.INDEX_OVERRUN);
    deflate.availableIndex(2);
    guest.process();
    assertEquals(1, guest.mistakes(VirtioMistake.INDEX_OVERRUN));
    assertEquals(List.of(2), guest.recorded.tokens);
    guest.inflateNow(9);
    assertEquals(1, guest.recorded.inflated.size());
    guest.device.acknowledge(2);
    assertEquals(List.of(2), deflate.takeUsedHeads());
  }

  @Test
  void withoutEventIndexTheDriversFlagSilencesInterrupts() {
    inflate.flags(1);
    guest.inflateNow(5);
    assertEquals(List.of(), guest.interrupted);
    inflate.flags(0);
    guest.inflateNow(5);
    assertEquals(List.of(0), guest.interrupted);
  }

  @Test
  void aTokenCannotBeAcknowledgedTwiceOrUnasked() {
    assertThrows(IllegalStateException.class, () -> guest.device.acknowledge(-1));
    assertThrows(IllegalStateException.class, () -> guest.device.acknowledge(70_000));
    guest.deflateNow(5);
    guest.device.acknowledge(0);
    assertThrows(IllegalStateException.class, () -> guest.device.acknowledge(0));
    assertEquals(List.of(0), deflate.takeUsedHeads());
  }

  @Test
  void aMessageMayBeAcknowledgedFromWithinItsEnd() {
    guest.recorded.onDeflateEnd = guest.device::acknowledge;
    guest.deflateNow(5);
    assertEquals(List.of(0), deflate.takeUsedHeads());
    assertEquals(List.of(1), guest.interrupted);
  }

  private void offerTable(long table, long length, int flags) {
    inflate.descriptor(0, table, length, flags, 0);
    inflate.offer(0);
    guest.process();
  }

  private void assertSkipped(GuestMistake mistake) {
    assertEquals(1, guest.mistakes(mistake));
    assertEquals(List.of("inflate end 0"), guest.recorded.takeLog());
    assertEquals(List.of(0), inflate.takeUsedHeads());
    assertFalse(guest.needsReset());
  }

  private void assertBroken(GuestMistake mistake) {
    assertEquals(1, guest.mistakes(mistake));
    assertTrue(guest.needsReset());
    assertEquals(1, guest.configInterrupts);
  }
}
