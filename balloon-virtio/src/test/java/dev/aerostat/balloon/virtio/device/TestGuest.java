package dev.aerostat.balloon.virtio.device;

import dev.aerostat.balloon.virtio.BalloonFeature;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.virtio.DeviceStatus;
import dev.aerostat.virtio.GuestMistake;
import dev.aerostat.virtio.QueueSetup;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;

/** A device with a small driver around it. */
final class TestGuest implements BalloonTransport {
  static final long ALL_OPTIONAL = ~0L;
  static final int UP =
      DeviceStatus.ACKNOWLEDGE
          | DeviceStatus.DRIVER
          | DeviceStatus.FEATURES_OK
          | DeviceStatus.DRIVER_OK;

  /** Buffers from here on are free for tests; rings lie below. */
  static final long BUFFERS = 2 * TestMemory.MIB;

  static final int BUDGET = 16_384;

  final TestMemory memory = new TestMemory();
  final RecordingEvents recorded = new RecordingEvents();
  final BalloonDevice device;
  final List<Integer> interrupted = new ArrayList<>();
  int configInterrupts;
  int wakes;
  Runnable onWake = () -> {};
  IntConsumer onInterrupt = queue -> {};

  TestGuest(BalloonSettings settings) {
    device = new BalloonDevice(settings, memory.guestMemory(), this);
  }

  static BalloonSettings offering(BalloonFeature first, BalloonFeature... rest) {
    return BalloonSettings.defaults().withOffered(EnumSet.of(first, rest));
  }

  static BalloonSettings plain() {
    return BalloonSettings.defaults().withOffered(Set.of(BalloonFeature.INDIRECT_DESCRIPTORS));
  }

  /** A running driver with inflate and deflate queues of 128, which took all that was offered. */
  static TestGuest running(BalloonSettings settings) {
    var guest = new TestGuest(settings);
    guest.negotiate(guest.device.registers().offeredFeatures());
    guest.enable(0, guest.queue(0, settings.queueSize()));
    guest.enable(1, guest.queue(1, settings.queueSize()));
    guest.driverOk();
    return guest;
  }

  void negotiate(long features) {
    device.registers().writeStatus(DeviceStatus.ACKNOWLEDGE);
    device.registers().writeStatus(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER);
    device.registers().writeDriverFeatures(features);
    device.registers().writeStatus(UP & ~DeviceStatus.DRIVER_OK);
  }

  void driverOk() {
    device.registers().writeStatus(UP);
    process();
    recorded.takeLog();
  }

  private final TestQueue[] queues = new TestQueue[5];

  TestQueue queue(int index, int size) {
    queues[index] = TestQueue.at(memory, index * (TestMemory.MIB / 4), size);
    return queues[index];
  }

  TestQueue queue(int index) {
    return queues[index];
  }

  TestQueue inflate() {
    return queues[0];
  }

  TestQueue deflate() {
    return queues[1];
  }

  void enable(int index, TestQueue queue) {
    QueueSetup placed = device.registers().configureQueue(index, queue.layout());
    QueueSetup enabled = device.registers().enableQueue(index);
    if (placed != QueueSetup.ACCEPTED || enabled != QueueSetup.ACCEPTED) {
      throw new AssertionError(placed + ", " + enabled);
    }
  }

  boolean process() {
    return device.process(recorded, BUDGET);
  }

  /** Turns until nothing is left; fails rather than loop forever. */
  int processAll(int budget) {
    for (int turns = 1; turns < 1_000_000; turns++) {
      if (!device.process(recorded, budget)) {
        return turns;
      }
    }
    throw new AssertionError("the device never comes to an end");
  }

  /** Sends one message of one buffer at {@link #BUFFERS}, head 0. */
  void inflateNow(long... pfns) {
    memory.writePfns(BUFFERS, pfns);
    inflate().offer(0, BUFFERS, 4L * pfns.length);
    processAll(BUDGET);
  }

  void deflateNow(long... pfns) {
    memory.writePfns(BUFFERS, pfns);
    deflate().offer(0, BUFFERS, 4L * pfns.length);
    processAll(BUDGET);
  }

  long mistakes(GuestMistake mistake) {
    return device.counters().mistakes(mistake);
  }

  boolean needsReset() {
    return (device.registers().status() & DeviceStatus.NEEDS_RESET) != 0;
  }

  @Override
  public void wake() {
    wakes++;
    onWake.run();
  }

  @Override
  public void interruptQueue(int queue) {
    interrupted.add(queue);
    onInterrupt.accept(queue);
  }

  @Override
  public void interruptConfig() {
    configInterrupts++;
  }
}
