package dev.aerostat.balloon.virtio.device;

import static dev.aerostat.balloon.virtio.device.TestGuest.BUFFERS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.balloon.virtio.BalloonFeature;
import dev.aerostat.balloon.virtio.BalloonMistake;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.balloon.virtio.BalloonStatistic;
import dev.aerostat.balloon.virtio.BalloonStatistics;
import dev.aerostat.virtio.VirtioFeatures;
import dev.aerostat.virtio.VirtioMistake;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Statistics, free page hints and reports. */
class SideQueuesTest {
  private final TestGuest guest =
      new TestGuest(BalloonSettings.defaults().withOffered(EnumSet.allOf(BalloonFeature.class)));
  private final BalloonDevice device = guest.device;

  @BeforeEach
  void start() {
    guest.negotiate(device.registers().offeredFeatures() & ~VirtioFeatures.EVENT_IDX);
    for (int index = 0; index < 5; index++) {
      guest.enable(index, guest.queue(index, 32));
    }
    guest.driverOk();
  }

  private void entry(int index, int tag, long value) {
    guest.memory.write(BUFFERS + 10L * index, tag, 2);
    guest.memory.write(BUFFERS + 10L * index + 2, value, 8);
  }

  @Test
  void statisticsAreReadAndTheirBufferKeptUntilFreshOnesAreWanted() {
    entry(0, 4, 1L << 40);
    entry(1, 15, 3);
    entry(2, 999, 8);
    entry(3, 0, -1);
    guest.queue(2).offer(1, BUFFERS, 40);
    guest.process();
    BalloonStatistics figures = guest.recorded.statistics.getFirst();
    assertEquals(OptionalLong.of(1L << 40), figures.value(BalloonStatistic.FREE_MEMORY));
    assertEquals(OptionalLong.of(3), figures.value(BalloonStatistic.DIRECT_RECLAIM));
    assertEquals(OptionalLong.of(-1), figures.value(BalloonStatistic.SWAP_IN));
    assertEquals(OptionalLong.empty(), figures.value(BalloonStatistic.SWAP_OUT));
    assertEquals(3, figures.values().size());
    assertEquals(List.of(), guest.queue(2).takeUsedHeads());

    assertTrue(device.requestStatistics());
    assertEquals(List.of(new TestQueue.Used(1, 0)), guest.queue(2).takeUsed());
    assertEquals(List.of(2), guest.interrupted);
    assertFalse(device.requestStatistics());
  }

  @Test
  void theNextStatisticsMayBeAskedForFromWithinTheLast() {
    entry(0, 4, 7);
    var asked = new ArrayList<Boolean>();
    guest.recorded.onStatistics = () -> asked.add(device.requestStatistics());
    for (int head = 0; head < 3; head++) {
      guest.queue(2).offer(head, BUFFERS, 10);
      guest.process();
      assertEquals(List.of(head), guest.queue(2).takeUsedHeads());
    }
    assertEquals(List.of(true, true, true), asked);
    assertEquals(0, guest.mistakes(BalloonMistake.SECOND_STATISTICS_BUFFER));
  }

  @Test
  void hintIdsGoOnAfterAReset() {
    assertTrue(device.startFreePageHint());
    int before = (int) device.registers().readConfig(8, 4);
    long features = device.registers().negotiatedFeatures();
    device.registers().writeStatus(0);
    guest.process();
    device.completeReset();
    assertEquals(0, device.registers().readConfig(8, 4));
    guest.memory.segment(0).fill((byte) 0);
    guest.negotiate(features);
    for (int index = 0; index < 4; index++) {
      guest.enable(index, guest.queue(index, 16));
    }
    guest.driverOk();
    assertTrue(device.startFreePageHint());
    assertEquals(before + 1, device.registers().readConfig(8, 4));
  }

  @Test
  void aDriverMayBeginWithABufferThatSaysNothing() {
    guest.queue(2).offer(0, BUFFERS, 0);
    guest.process();
    assertEquals(List.of(), guest.recorded.statistics);
    assertEquals(0, guest.device.counters().mistakes().size());
    assertTrue(device.requestStatistics());
  }

  @Test
  void aSecondStatisticsBufferReturnsTheFirst() {
    guest.queue(2).offer(0, BUFFERS, 10);
    guest.queue(2).offer(1, BUFFERS, 10);
    guest.process();
    assertEquals(List.of(0), guest.queue(2).takeUsedHeads());
    assertEquals(1, guest.mistakes(BalloonMistake.SECOND_STATISTICS_BUFFER));
  }

  @Test
  void statisticsOfAnyLengthAreSurvived() {
    guest.queue(2).offer(0, BUFFERS, 13);
    guest.process();
    assertEquals(1, guest.mistakes(BalloonMistake.RAGGED_LENGTH));
    guest.queue(2).offer(1, BUFFERS, 1 << 20);
    guest.process();
    assertTrue(guest.recorded.statistics.size() >= 1);
  }

  @Test
  void hintsCountUnderTheCurrentCommandIdOnly() {
    assertTrue(device.startFreePageHint());
    int id = (int) device.registers().readConfig(8, 4);
    assertTrue(id >= 2);
    assertEquals(1, guest.configInterrupts);
    command(id - 1);
    block(16 * TestMemory.MIB, 4096);
    command(id);
    block(16 * TestMemory.MIB, 8192);
    block(16 * TestMemory.MIB + 1, 8190);
    block(TestMemory.HOLE, 4096);
    command(0);
    block(16 * TestMemory.MIB, 4096);
    assertEquals(List.of("hinted 4096-4098", "hint end"), guest.recorded.takeLog());
    assertEquals(8, hintsReturned());
    assertEquals(1, guest.mistakes(VirtioMistake.BUFFER_OUTSIDE_MEMORY));
  }

  @Test
  void aNewListingEndsTheOldOne() {
    device.startFreePageHint();
    int first = (int) device.registers().readConfig(8, 4);
    command(first);
    device.startFreePageHint();
    block(16 * TestMemory.MIB, 4096);
    command(first);
    block(16 * TestMemory.MIB, 4096);
    assertEquals(List.of(), guest.recorded.takeLog());
    assertEquals(first + 1, device.registers().readConfig(8, 4));
  }

  @Test
  void aStoppedListingTellsTheDriverThatItIsDone() {
    device.startFreePageHint();
    command((int) device.registers().readConfig(8, 4));
    device.stopFreePageHint();
    block(16 * TestMemory.MIB, 4096);
    assertEquals(1, device.registers().readConfig(8, 4));
    assertEquals(List.of(), guest.recorded.takeLog());
  }

  @Test
  void withoutTheirQueuesNothingIsAskedFor() {
    var plain = TestGuest.running(TestGuest.plain());
    assertFalse(plain.device.startFreePageHint());
    assertFalse(plain.device.requestStatistics());
    plain.device.stopFreePageHint();
    assertEquals(0, plain.configInterrupts);
  }

  @Test
  void reportsAreReturnedAndOtherwiseIgnored() {
    guest.queue(4).descriptor(0, 16 * TestMemory.MIB, 4096, TestQueue.WRITE | TestQueue.NEXT, 1);
    guest.queue(4).descriptor(1, TestMemory.HOLE, 4096, TestQueue.WRITE, 0);
    guest.queue(4).offer(0);
    guest.process();
    assertEquals(List.of(new TestQueue.Used(0, 0)), guest.queue(4).takeUsed());
    assertEquals(List.of(), guest.recorded.takeLog());
  }

  private void command(int id) {
    guest.memory.write(BUFFERS, id, 4);
    guest.queue(3).offer(0, BUFFERS, 4);
    guest.process();
  }

  private void block(long address, long length) {
    guest.queue(3).descriptor(1, address, length, TestQueue.WRITE, 0);
    guest.queue(3).offer(1);
    guest.process();
  }

  private int hintsReturned() {
    return guest.queue(3).takeUsedHeads().size();
  }
}
