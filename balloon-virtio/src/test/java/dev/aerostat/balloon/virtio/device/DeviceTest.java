package dev.aerostat.balloon.virtio.device;

import static dev.aerostat.balloon.virtio.device.TestGuest.BUFFERS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aerostat.balloon.virtio.BalloonFeature;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.virtio.DeviceStatus;
import dev.aerostat.virtio.QueueSetup;
import dev.aerostat.virtio.VirtioFeatures;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeviceTest {
  private final TestGuest guest =
      TestGuest.running(TestGuest.offering(BalloonFeature.EVENT_INDEX).withQueueSize(8));
  private final BalloonDevice device = guest.device;

  @Test
  void inflateIsDrainedBeforeDeflate() {
    guest.memory.writePfns(BUFFERS, 5);
    guest.deflate().offer(0, BUFFERS, 4);
    guest.inflate().offer(0, BUFFERS, 4);
    guest.process();
    assertEquals(
        List.of(
            "inflated 5-6",
            "inflate end 1",
            "deflate begin 0",
            "deflated 0 5-6",
            "deflate end 0 1"),
        guest.recorded.takeLog());
  }

  @Test
  void aDeflateThatComesDuringATurnWaitsForTheInflatesThatCameBeforeIt() {
    guest.memory.writePfns(BUFFERS, 5);
    guest.memory.writePfns(BUFFERS + 4, 9);
    guest.deflate().offer(0, BUFFERS, 4);
    guest.recorded.beforeDeflate =
        () -> {
          guest.recorded.beforeDeflate = () -> {};
          guest.inflate().offer(0, BUFFERS + 4, 4);
          guest.deflate().offer(1, BUFFERS + 4, 4);
        };
    guest.process();
    assertEquals(
        List.of(
            "deflate begin 0",
            "deflated 0 5-6",
            "deflate end 0 1",
            "inflated 9-10",
            "inflate end 1",
            "deflate begin 1",
            "deflated 1 9-10",
            "deflate end 1 1"),
        guest.recorded.takeLog());
  }

  @Test
  void backPressureLeavesDeflateMessagesInTheirRing() {
    guest.recorded.accepts = false;
    guest.memory.writePfns(BUFFERS, 5);
    guest.deflate().offer(0, BUFFERS, 4);
    guest.inflate().offer(0, BUFFERS, 4);
    assertFalse(guest.process());
    assertEquals(List.of("inflated 5-6", "inflate end 1"), guest.recorded.takeLog());
    guest.recorded.accepts = true;
    guest.process();
    assertEquals(List.of(0), guest.recorded.tokens);
  }

  @Test
  void theDriverIsWokenForAtMostOnceATurn() {
    guest.wakes = 0;
    for (int i = 0; i < 1000; i++) {
      device.registers().notifyQueue(i - 500);
    }
    assertEquals(1, guest.wakes);
    guest.process();
    device.registers().notifyQueue(0);
    assertEquals(2, guest.wakes);
  }

  @Test
  void aBudgetIsMoreThanNothing() {
    assertThrows(IllegalArgumentException.class, () -> device.process(guest.recorded, 0));
  }

  @Test
  void aResetIsHeldUntilItIsCompleted() {
    guest.deflateNow(5);
    guest.recorded.takeLog();
    guest.wakes = 0;
    device.registers().writeStatus(0);
    assertEquals(TestGuest.UP, device.registers().status());
    assertEquals(1, guest.wakes);
    guest.process();
    guest.process();
    assertEquals(List.of("reset"), guest.recorded.takeLog());
    device.registers().writeStatus(DeviceStatus.ACKNOWLEDGE | DeviceStatus.FAILED);
    assertEquals(TestGuest.UP, device.registers().status());
    device.completeReset();
    assertEquals(0, device.registers().status());
    assertEquals(1, device.counters().resets());
  }

  @Test
  void whileAResetIsHeldNothingIsReadOrWritten() {
    guest.deflateNow(5);
    guest.recorded.takeLog();
    guest.configInterrupts = 0;
    device.registers().writeStatus(0);
    guest.inflateNow(6);
    device.acknowledge(0);
    device.setTarget(77);
    device.fail();
    assertEquals(List.of("reset"), guest.recorded.takeLog());
    assertEquals(0, guest.inflate().usedIndex() + guest.deflate().usedIndex());
    assertEquals(0, guest.configInterrupts);
  }

  @Test
  void aResetMayBeCompletedFromWithinItsRequest() {
    device.registers().writeStatus(0);
    device.process(new Completing(), 10);
    assertEquals(0, device.registers().status());
  }

  private final class Completing implements IgnoredEvents {
    @Override
    public void resetRequested() {
      device.completeReset();
    }
  }

  @Test
  void afterAResetTheDriverStartsAnew() {
    guest.deflateNow(5);
    device.registers().writeConfig(4, 4, 1234);
    device.setTarget(99);
    device.registers().writeStatus(0);
    guest.process();
    device.completeReset();
    assertEquals(0, device.actual());
    assertEquals(99, device.target());
    assertThrows(IllegalStateException.class, () -> device.acknowledge(0));
    assertEquals(QueueSetup.NOT_CONFIGURED, device.registers().enableQueue(0));

    guest.memory.segment(0).fill((byte) 0);
    guest.negotiate(device.registers().offeredFeatures());
    guest.enable(0, guest.queue(0, 4));
    guest.recorded.takeLog();
    device.registers().writeStatus(TestGuest.UP);
    guest.inflateNow(7);
    assertEquals(List.of("ready", "inflated 7-8", "inflate end 1"), guest.recorded.takeLog());
  }

  @Test
  void onlyAHeldResetCanBeCompleted() {
    assertThrows(IllegalStateException.class, device::completeReset);
    device.registers().writeStatus(0);
    assertThrows(IllegalStateException.class, device::completeReset);
  }

  @Test
  void aDeviceThatWasJustResetHasNothingToHold() {
    var fresh = new TestGuest(BalloonSettings.defaults());
    fresh.device.registers().writeStatus(0);
    assertEquals(0, fresh.wakes);
    fresh.process();
    assertEquals(List.of(), fresh.recorded.takeLog());
  }

  @Test
  void aMessageCutOffByAResetHasNoEnd() {
    guest.memory.writePfns(BUFFERS, 5, 7, 9);
    guest.deflate().offer(0, BUFFERS, 12);
    device.process(guest.recorded, 3);
    device.registers().writeStatus(0);
    guest.process();
    assertEquals(List.of("deflate begin 0", "deflated 0 5-6", "reset"), guest.recorded.takeLog());
  }

  @Test
  void aFailedDeviceTellsTheDriverOnce() {
    device.fail();
    device.fail();
    assertTrue(guest.needsReset());
    assertEquals(1, guest.configInterrupts);
  }

  @Test
  void aWriteOf0AtStatus0ForgetsAllThatWasSetWithoutIt() {
    var fresh = new TestGuest(BalloonSettings.defaults());
    fresh.device.registers().writeDriverFeatures(fresh.device.registers().offeredFeatures());
    fresh.enable(0, fresh.queue(0, 8));
    fresh.device.registers().writeConfig(4, 4, 1234);
    fresh.device.registers().writeStatus(0);
    assertEquals(0, fresh.device.actual());
    assertEquals(QueueSetup.NOT_CONFIGURED, fresh.device.registers().enableQueue(0));
    fresh.device.registers().writeStatus(DeviceStatus.FEATURES_OK);
    assertEquals(0, fresh.device.registers().status());
  }

  @Test
  void whoeverAsksForAResetIsToldOnceItHasTakenEffect() {
    var first = device.registers().reset();
    var second = device.registers().reset();
    guest.process();
    assertFalse(first.isDone() || second.isDone());
    assertEquals(TestGuest.UP, device.registers().status());
    device.completeReset();
    assertTrue(first.isDone() && second.isDone());
    assertEquals(0, device.registers().status());
    assertTrue(device.registers().reset().isDone());
  }

  @Test
  void whoeverWaitsForAResetCannotCompleteItForOthers() {
    var mine = device.registers().reset();
    mine.complete(null);
    assertFalse(device.registers().reset().isDone());
  }

  @Test
  void aResetIsCompleteForWhoeverIsToldOfIt() {
    int[] seen = {-1};
    var told =
        device
            .registers()
            .reset()
            .thenRun(
                () -> {
                  guest.negotiate(device.registers().offeredFeatures());
                  seen[0] = device.registers().status();
                });
    guest.process();
    device.completeReset();
    assertTrue(told.isDone());
    assertEquals(TestGuest.UP & ~DeviceStatus.DRIVER_OK, seen[0]);
  }

  @Test
  void aStartThatWasRefusedLeavesNoFeatureInForce() {
    var other = new TestGuest(BalloonSettings.defaults());
    long huge = 1L << 62;
    other.negotiate(other.device.registers().offeredFeatures() & ~VirtioFeatures.VERSION_1);
    assertEquals(0, other.device.registers().negotiatedFeatures());
    long without = other.device.registers().offeredFeatures() & ~huge;
    other.negotiate(without);
    assertEquals(without, other.device.registers().negotiatedFeatures());
    other.enable(0, other.queue(0, 8));
    other.driverOk();
    other.inflateNow(5);
    assertEquals(List.of("inflated 5-6", "inflate end 1"), other.recorded.takeLog());
  }

  @Test
  void aDriverThatWasResetBeforeItRanLeavesNoFeatureInForce() {
    var other = new TestGuest(BalloonSettings.defaults());
    other.negotiate(other.device.registers().offeredFeatures());
    var reset = other.device.registers().reset();
    other.process();
    other.device.completeReset();
    assertTrue(reset.isDone());
    assertEquals(0, other.device.registers().negotiatedFeatures());
  }
}
