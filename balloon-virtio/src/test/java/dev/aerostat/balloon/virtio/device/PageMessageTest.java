package dev.aerostat.balloon.virtio.device;

import static dev.aerostat.balloon.virtio.device.TestGuest.BUFFERS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.balloon.virtio.BalloonCounters;
import dev.aerostat.balloon.virtio.BalloonMistake;
import dev.aerostat.virtio.VirtioMistake;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageMessageTest {
  private static final long REGION_END = 6144;

  private final TestGuest guest = TestGuest.running(TestGuest.plain());

  @Test
  void anInflateMessageIsToldInRunsThenEndedThenReturned() {
    guest.recorded.onInflateEnd = () -> assertEquals(0, guest.inflate().usedIndex());
    guest.inflateNow(9, 8, 7, 20, 21, 30);
    assertEquals(
        List.of("inflated 7-10 down", "inflated 20-22", "inflated 30-31", "inflate end 6"),
        guest.recorded.takeLog());
    assertEquals(List.of(new TestQueue.Used(0, 0)), guest.inflate().takeUsed());
    assertEquals(List.of(0), guest.interrupted);
  }

  @Test
  void aSinglePageIsNotDescending() {
    guest.inflateNow(5);
    assertEquals(List.of(new RecordingEvents.Run(5, 6, false)), guest.recorded.inflated);
  }

  @Test
  void aPageNamedTwiceIsToldTwice() {
    guest.inflateNow(5, 5, 6);
    assertEquals(
        List.of("inflated 5-6", "inflated 5-7", "inflate end 3"), guest.recorded.takeLog());
  }

  @Test
  void pageZeroIsAPageLikeOthers() {
    guest.inflateNow(1, 0, 3, 0, 1);
    assertEquals(
        List.of("inflated 0-2 down", "inflated 3-4", "inflated 0-2", "inflate end 5"),
        guest.recorded.takeLog());
  }

  @Test
  void withoutMergingEachPfnIsARunOfItsOwn() {
    var unmerged = TestGuest.running(TestGuest.plain().withMergePages(false));
    unmerged.inflateNow(7, 8, 9);
    assertEquals(
        List.of("inflated 7-8", "inflated 8-9", "inflated 9-10", "inflate end 3"),
        unmerged.recorded.takeLog());
  }

  @Test
  void pagesThatAreNoRamAreLeftOutAndCountedAndTheMessageIsReturned() {
    guest.inflateNow(5, 2048, 3000, 0xffff_ffffL, REGION_END, 6);
    assertEquals(List.of("inflated 5-7", "inflate end 2"), guest.recorded.takeLog());
    assertEquals(4, guest.mistakes(BalloonMistake.PAGE_OUTSIDE_MEMORY));
    assertEquals(List.of(0), guest.inflate().takeUsedHeads());
    assertFalse(guest.needsReset());
  }

  @Test
  void aTrailingPieceOfAPfnIsAMistakeButThePfnsBeforeItCount() {
    guest.memory.writePfns(BUFFERS, 5, 6);
    guest.inflate().offer(3, BUFFERS, 7);
    guest.process();
    assertEquals(List.of("inflated 5-6", "inflate end 1"), guest.recorded.takeLog());
    assertEquals(1, guest.mistakes(BalloonMistake.RAGGED_LENGTH));
    assertEquals(List.of(3), guest.inflate().takeUsedHeads());
  }

  @Test
  void anEmptyMessageIsAMistakeAndReturned() {
    guest.inflate().offer(3, BUFFERS, 0);
    guest.process();
    assertEquals(List.of("inflate end 0"), guest.recorded.takeLog());
    assertEquals(1, guest.mistakes(BalloonMistake.EMPTY_MESSAGE));
    assertEquals(List.of(3), guest.inflate().takeUsedHeads());
  }

  @Test
  void aWritableBufferIsLeftOutAndNotWritten() {
    guest.memory.writePfns(BUFFERS, 5);
    guest.memory.writePfns(BUFFERS + 64, 9);
    guest.inflate().descriptor(0, BUFFERS, 4, TestQueue.WRITE | TestQueue.NEXT, 1);
    guest.inflate().descriptor(1, BUFFERS + 64, 4, 0, 0);
    guest.inflate().offer(0);
    guest.process();
    assertEquals(List.of("inflated 9-10", "inflate end 1"), guest.recorded.takeLog());
    assertEquals(1, guest.mistakes(VirtioMistake.WRITABLE_BUFFER));
    assertEquals(0, guest.mistakes(BalloonMistake.EMPTY_MESSAGE));
    assertEquals(5, guest.memory.read(BUFFERS, 4));
  }

  @Test
  void aBufferThatReachesIntoAHoleIsLeftOutWhole() {
    long address = TestMemory.HOLE - 8;
    guest.memory.writePfns(address, 5, 6);
    guest.inflate().offer(0, address, 12);
    guest.process();
    guest.inflate().offer(1, -4, 8);
    guest.process();
    assertEquals(List.of("inflate end 0", "inflate end 0"), guest.recorded.takeLog());
    assertEquals(2, guest.mistakes(VirtioMistake.BUFFER_OUTSIDE_MEMORY));
    assertEquals(0, guest.mistakes(BalloonMistake.EMPTY_MESSAGE));
  }

  @Test
  void aBufferMaySpanRegionsThatTouchEvenInTheMiddleOfAPfn() {
    long address = 4 * TestMemory.MIB - 6;
    guest.memory.writePfns(address, 5, 6, 7);
    guest.inflate().offer(0, address, 12);
    guest.process();
    assertEquals(List.of("inflated 5-8", "inflate end 3"), guest.recorded.takeLog());
  }

  @Test
  void runsMergeAcrossBuffersAndAcrossTurns() {
    guest.memory.writePfns(BUFFERS, 5, 6, 7, 8, 9, 10);
    guest.inflate().descriptor(0, BUFFERS, 10, TestQueue.NEXT, 1);
    guest.inflate().descriptor(1, BUFFERS + 10, 14, 0, 0);
    guest.inflate().offer(0);
    assertTrue(guest.processAll(1) > 6);
    assertEquals(List.of("inflated 5-11", "inflate end 6"), guest.recorded.takeLog());
  }

  @Test
  void aTurnReadsNoMorePfnsThanItsBudget() {
    var many = new long[100];
    for (int i = 0; i < many.length; i++) {
      many[i] = 2L * i;
    }
    guest.memory.writePfns(BUFFERS, many);
    guest.inflate().offer(0, BUFFERS, 400);
    assertTrue(guest.device.process(guest.recorded, 11));
    assertEquals(9, guest.recorded.inflated.size()); // The tenth is still open to be merged.
    assertEquals(List.of(), guest.inflate().takeUsedHeads());
    guest.processAll(11);
    assertEquals(100, guest.recorded.inflated.size());
    assertEquals(List.of(0), guest.inflate().takeUsedHeads());
  }

  @Test
  void aPfnIsReadOnceEvenIfTheGuestChangesItInTheMiddleOfItsMessage() {
    guest.memory.writePfns(BUFFERS, 5, 7);
    guest.deflate().offer(0, BUFFERS, 8);
    guest.device.process(guest.recorded, 2);
    guest.memory.writePfns(BUFFERS, 100);
    guest.processAll(2);
    assertEquals(
        List.of("deflate begin 0", "deflated 0 5-6", "deflated 0 7-8", "deflate end 0 2"),
        guest.recorded.takeLog());
  }

  @Test
  void countersSumUpWhatWasTold() {
    guest.inflateNow(5, 6, 9);
    guest.deflateNow(6, 5);
    BalloonCounters counters = guest.device.counters();
    assertEquals(List.of(1L, 3L, 2L), inflate(counters));
    assertEquals(
        List.of(1L, 2L, 1L, 0L),
        List.of(
            counters.deflateMessages(),
            counters.deflatePages(),
            counters.deflateRuns(),
            counters.deflateAcknowledged()));
    guest.device.acknowledge(0);
    assertEquals(1, guest.device.counters().deflateAcknowledged());
  }

  private static List<Long> inflate(BalloonCounters counters) {
    return List.of(counters.inflateMessages(), counters.inflatePages(), counters.inflateRuns());
  }
}
