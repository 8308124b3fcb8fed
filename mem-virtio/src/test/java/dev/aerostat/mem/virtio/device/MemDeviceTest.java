package dev.aerostat.mem.virtio.device;

import static dev.aerostat.mem.virtio.device.MemFixture.ACK;
import static dev.aerostat.mem.virtio.device.MemFixture.ANSWER;
import static dev.aerostat.mem.virtio.device.MemFixture.BLOCK;
import static dev.aerostat.mem.virtio.device.MemFixture.BLOCKS;
import static dev.aerostat.mem.virtio.device.MemFixture.ERROR;
import static dev.aerostat.mem.virtio.device.MemFixture.NACK;
import static dev.aerostat.mem.virtio.device.MemFixture.NOT_ANSWERED;
import static dev.aerostat.mem.virtio.device.MemFixture.PLUG;
import static dev.aerostat.mem.virtio.device.MemFixture.REGION;
import static dev.aerostat.mem.virtio.device.MemFixture.REQUEST;
import static dev.aerostat.mem.virtio.device.MemFixture.STATE;
import static dev.aerostat.mem.virtio.device.MemFixture.UNPLUG;
import static dev.aerostat.mem.virtio.device.MemFixture.UNPLUG_ALL;
import static dev.aerostat.mem.virtio.device.MemFixture.block;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.api.GuestRange;
import dev.aerostat.mem.virtio.MemMistake;
import dev.aerostat.mem.virtio.MemSettings;
import dev.aerostat.virtio.DeviceStatus;
import dev.aerostat.virtio.QueueSetup;
import dev.aerostat.virtio.QueueStop;
import dev.aerostat.virtio.VirtioMistake;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests and their answers, as virtio 1.2, section 5.15.6, has them. */
class MemDeviceTest {
  private final MemFixture driver = new MemFixture();
  private final MemDevice device = driver.device;

  MemDeviceTest() {
    device.setRequested(REGION.length());
    driver.load();
  }

  private void plug(int first, int count) {
    assertEquals(NOT_ANSWERED, driver.send(PLUG, block(first), count));
    assertTrue(device.answerPlug(true));
    assertEquals(ACK, driver.answer());
    driver.events.clear();
  }

  private int state(int first, int count) {
    assertEquals(ACK, driver.send(STATE, block(first), count));
    return (int) driver.read(ANSWER + 8, 2);
  }

  @Test
  void aPlugIsAnsweredOnlyWhenTheEngineSaysSo() {
    assertEquals(NOT_ANSWERED, driver.send(PLUG, block(2), 3));
    assertEquals(List.of("plugAsked " + new GuestRange(block(2), block(5))), driver.takeEvents());
    assertEquals(0, driver.used());
    assertEquals(0, driver.config(40));
    assertTrue(device.answerPlug(true));
    assertEquals(ACK, driver.answer());
    assertEquals(1, driver.used());
  }

  @Test
  void nothingElseIsReadWhileAPlugWaits() {
    int _ = driver.send(PLUG, block(0), 1);
    assertEquals(NOT_ANSWERED, driver.send(STATE, block(0), 1));
    assertEquals(0, driver.used());
    driver.wakes = 0;
    assertTrue(device.answerPlug(true));
    assertEquals(1, driver.used());
    assertEquals(1, driver.wakes, "the rest is to be read");
    boolean _ = driver.turn();
    assertEquals(2, driver.used());
    assertEquals(10, driver.usedLength(0));
  }

  @Test
  void whatIsPluggedCounts() {
    plug(2, 3);
    assertEquals(3 * BLOCK, driver.config(40));
    assertEquals(0, state(2, 3));
    assertEquals(1, state(0, 2));
    assertEquals(2, state(1, 2));
    assertEquals(3 * BLOCK, device.counters().pluggedBytes());
  }

  @Test
  void aRefusedPlugChangesNothing() {
    assertEquals(NOT_ANSWERED, driver.send(PLUG, block(0), 1));
    assertTrue(device.answerPlug(false));
    assertEquals(NACK, driver.answer());
    assertEquals(0, driver.config(40));
    assertEquals(1, state(0, 1));
  }

  @Test
  void aPlugBeyondTheRequestedSizeIsNacked() {
    device.setRequested(3 * BLOCK);
    plug(0, 2);
    assertEquals(NACK, driver.send(PLUG, block(4), 2));
    plug(4, 1);
    device.setRequested(0);
    assertEquals(NACK, driver.send(PLUG, block(6), 1));
    assertEquals(3 * BLOCK, driver.config(40));
    assertEquals(List.of(), driver.takeEvents());
  }

  @Test
  void requestsThatMakeNoSenseAreErrors() {
    plug(3, 2);
    for (int type : new int[] {PLUG, UNPLUG, STATE}) {
      assertEquals(ERROR, driver.send(type, block(0), 0));
      assertEquals(ERROR, driver.send(type, block(0) + 4096, 1));
      assertEquals(ERROR, driver.send(type, block(0) - BLOCK, 1));
      assertEquals(ERROR, driver.send(type, block(BLOCKS), 1));
      assertEquals(ERROR, driver.send(type, block(7), 2));
      assertEquals(ERROR, driver.send(type, block(0), 65_535));
      assertEquals(ERROR, driver.send(type, -BLOCK, 1));
      assertEquals(ERROR, driver.send(type, Long.MIN_VALUE, 65_535));
    }
    assertEquals(24, device.counters().mistakes(MemMistake.NO_SUCH_BLOCKS));
    assertEquals(ERROR, driver.send(PLUG, block(4), 2), "one is plugged");
    assertEquals(ERROR, driver.send(UNPLUG, block(4), 2), "one is not");
    assertEquals(2, device.counters().mistakes(MemMistake.WRONG_STATE));
    assertEquals(ERROR, driver.send(4, block(0), 1));
    assertEquals(ERROR, driver.send(65_535, block(0), 1));
    assertEquals(2, device.counters().mistakes(MemMistake.UNKNOWN_REQUEST));
    assertEquals(2 * BLOCK, driver.config(40));
    assertEquals(List.of(), driver.takeEvents());
  }

  @Test
  void whatIsUnpluggedIsGivenBack() {
    plug(0, 4);
    assertEquals(ACK, driver.send(UNPLUG, block(1), 2));
    assertEquals(List.of("unplugged 1024"), driver.takeEvents());
    assertEquals(2 * BLOCK, driver.config(40));
    assertEquals(ACK, driver.send(UNPLUG_ALL, 0, 0));
    assertEquals(List.of("unplugged 1024"), driver.takeEvents());
    assertEquals(ACK, driver.send(UNPLUG_ALL, 0, 0));
    assertEquals(List.of(), driver.takeEvents());
    assertEquals(0, driver.config(40));
    assertEquals(1, state(0, BLOCKS));
  }

  @Test
  void aRequestMayBeCutIntoAnyPieces() {
    driver.writeRequest(REQUEST, STATE, block(0), 1);
    driver.write(ANSWER, -1, 8);
    driver.descriptor(0, REQUEST, 1, 1, 1);
    driver.descriptor(1, REQUEST + 1, 22, 1, 2);
    driver.descriptor(2, REQUEST + 23, 9, 1, 3);
    driver.descriptor(3, ANSWER, 9, 3, 4);
    driver.descriptor(4, ANSWER + 9, 7, 2, 0);
    driver.offer(0);
    boolean _ = driver.turn();
    assertEquals(0, driver.read(ANSWER, 8));
    assertEquals(1, driver.read(ANSWER + 8, 2));
    assertEquals(10, driver.usedLength(0));
  }

  @Test
  void aRequestThatIsTooShortIsAnError() {
    driver.writeRequest(REQUEST, UNPLUG_ALL, 0, 0);
    driver.offer(REQUEST, 23, ANSWER, 10);
    boolean _ = driver.turn();
    assertEquals(ERROR, driver.answer());
    assertEquals(1, device.counters().mistakes(MemMistake.BAD_REQUEST));
  }

  @Test
  void aRequestOutsideMemoryIsAnError() {
    driver.offer(1L << 40, 24, ANSWER, 10);
    boolean _ = driver.turn();
    assertEquals(ERROR, driver.answer());
    assertEquals(1, device.counters().mistakes(VirtioMistake.BUFFER_OUTSIDE_MEMORY));
  }

  @Test
  void aRequestThatCannotBeAnsweredIsNotCarriedOut() {
    plug(0, 1);
    driver.writeRequest(REQUEST, UNPLUG_ALL, 0, 0);
    driver.offer(REQUEST, 24, ANSWER, 9);
    driver.offer(REQUEST, 24, 1L << 40, 10);
    boolean _ = driver.turn();
    assertEquals(3, driver.used());
    assertEquals(0, driver.usedLength(1));
    assertEquals(BLOCK, driver.config(40));
    assertEquals(2, device.counters().mistakes(MemMistake.NO_ROOM_TO_ANSWER));
  }

  @Test
  void aResetKeepsWhatIsPluggedAndDropsTheRequestThatWaits() {
    plug(0, 2);
    assertEquals(NOT_ANSWERED, driver.send(PLUG, block(4), 1));
    driver.events.clear();
    var reset = driver.registers().reset();
    assertFalse(device.answerPlug(true), "nobody waits for it");
    assertFalse(reset.isDone());
    boolean _ = driver.turn();
    assertTrue(reset.isDone());
    assertEquals(List.of("plugDropped"), driver.takeEvents());
    assertEquals(0, driver.registers().status());
    assertEquals(1, driver.used(), "its ring is left alone");
    driver.load();
    assertEquals(2 * BLOCK, driver.config(40));
    assertEquals(0, state(0, 2));
    assertEquals(1, state(4, 1));
  }

  @Test
  void aPlugThatIsAnsweredWhileItsQueueIsStoppedIsAskedAgain() {
    assertEquals(NOT_ANSWERED, driver.send(PLUG, block(4), 1));
    driver.events.clear();
    var stopped = driver.registers().disableQueue(0, QueueStop.PERHAPS_RESET);
    boolean _ = driver.turn();
    assertTrue(stopped.isDone(), "what is plugged stays plugged, so there is nothing to wait for");
    assertFalse(device.answerPlug(true));
    assertEquals(NOT_ANSWERED, driver.answer(), "the buffer may be other memory by now");
    assertEquals(0, driver.used());
    assertEquals(QueueSetup.ACCEPTED, driver.registers().enableQueue(0));
    boolean _ = driver.turn();
    assertEquals(List.of("plugAsked " + new GuestRange(block(4), block(5))), driver.takeEvents());
    assertTrue(device.answerPlug(true));
    assertEquals(ACK, driver.answer());
  }

  @Test
  void aQueueThatGoesOnBeforeItsStopWasSeenIsReadOn() {
    var _ = driver.registers().disableQueue(0, QueueStop.PAUSE);
    assertEquals(QueueSetup.ACCEPTED, driver.registers().enableQueue(0));
    driver.wakes = 0;
    assertEquals(NOT_ANSWERED, driver.send(STATE, block(0), 1));
    assertEquals(1, driver.wakes, "it was stopped in that turn, and goes on in the next");
    boolean _ = driver.turn();
    assertEquals(ACK, driver.answer());
  }

  @Test
  void theConfigSpaceIsThatOfTheSpecification() {
    assertEquals(24, driver.registers().deviceId());
    assertEquals(56, driver.registers().configSize());
    assertEquals(BLOCK, driver.config(0));
    assertEquals(REGION.start(), driver.config(16));
    assertEquals(REGION.length(), driver.config(24));
    assertEquals(REGION.length(), driver.config(32));
    assertEquals(REGION.length(), driver.config(48));
    driver.registers().writeConfig(48, 8, 0);
    assertEquals(REGION.length(), driver.config(48), "nothing is the driver's to write");
    assertEquals((REGION.start() >>> 24) & 0xffff_ffffL, driver.registers().readConfig(19, 4));
  }

  @Test
  void theDriverIsInterruptedWhenItIsAskedForAnotherSize() {
    int generation = driver.registers().configGeneration();
    device.setRequested(BLOCK);
    device.setRequested(BLOCK);
    assertEquals(1, driver.configInterrupts);
    assertTrue(driver.registers().configGeneration() != generation);
    assertThrows(IllegalArgumentException.class, () -> device.setRequested(BLOCK + 4096));
    assertThrows(IllegalArgumentException.class, () -> device.setRequested(9 * BLOCK));
  }

  @Test
  void anEndedDeviceAsksForNoMoreThanIsPlugged() {
    plug(0, 2);
    assertEquals(NOT_ANSWERED, driver.send(PLUG, block(2), 1));
    device.end();
    assertEquals(NACK, driver.answer());
    assertEquals(2 * BLOCK, driver.config(48));
    assertEquals(DeviceStatus.NEEDS_RESET, driver.registers().status() & DeviceStatus.NEEDS_RESET);
    assertEquals(ACK, driver.send(UNPLUG, block(1), 1));
    device.end();
    assertEquals(BLOCK, driver.config(48));
    int interrupts = driver.configInterrupts;
    device.end();
    assertEquals(interrupts, driver.configInterrupts, "nothing new");
  }

  @Test
  void aTurnEndsWhenItsBudgetIsSpent() {
    for (int i = 0; i < 4; i++) {
      driver.writeRequest(REQUEST + 0x40L * i, STATE, block(0), BLOCKS);
      driver.offer(REQUEST + 0x40L * i, 24, ANSWER + 0x40L * i, 10);
    }
    assertTrue(device.process(driver, 2 * (BLOCKS + 1)));
    assertEquals(2, driver.used());
    assertTrue(device.process(driver, BLOCKS + 2));
    assertEquals(4, driver.used());
    assertFalse(device.process(driver, 1));
  }

  @Test
  void settingsThatMakeNoSenseAreRefused() {
    MemSettings settings = MemSettings.of(REGION);
    assertThrows(IllegalArgumentException.class, () -> settings.withBlockBytes(1 << 20));
    assertThrows(IllegalArgumentException.class, () -> settings.withBlockBytes(3 << 20));
    assertThrows(IllegalArgumentException.class, () -> settings.withBlockBytes(32 << 20));
    assertThrows(IllegalArgumentException.class, () -> settings.withQueueSize(3));
    assertThrows(
        IllegalArgumentException.class, () -> MemSettings.of(GuestRange.ofLength(4096, 2 * BLOCK)));
    assertEquals(4 << 20, settings.withBlockBytes(4 << 20).blockBytes());
  }
}
