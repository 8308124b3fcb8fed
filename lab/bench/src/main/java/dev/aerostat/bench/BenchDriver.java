package dev.aerostat.bench;

import dev.aerostat.api.GuestMemory;
import dev.aerostat.balloon.virtio.BalloonSettings;
import dev.aerostat.balloon.virtio.device.BalloonDevice;
import dev.aerostat.balloon.virtio.device.BalloonEvents;
import dev.aerostat.balloon.virtio.device.BalloonTransport;
import dev.aerostat.engine.turn.DeviceTurn;
import dev.aerostat.virtio.DeviceStatus;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.QueueSetup;
import java.lang.foreign.MemorySegment;

/**
 * As little of a driver as a device needs: it is in every figure. Its rings lie in the first pages
 * of RAM, its messages from 1 MiB up.
 */
final class BenchDriver implements BalloonTransport {
  static final int INFLATE = 0;
  static final int DEFLATE = 1;

  private static final int READY =
      DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER | DeviceStatus.FEATURES_OK;
  private static final long MESSAGES = 1L << 20;

  final BalloonDevice device;
  private final MemorySegment ram;
  private final BenchQueue[] queues;
  private long placed = MESSAGES;

  BenchDriver(GuestMemory memory) {
    var settings = BalloonSettings.defaults();
    long hugePages = 1L << settings.hugePageFeatureBit();
    device = new BalloonDevice(settings, memory, this);
    ram = memory.region(0).segment();
    device.registers().writeStatus(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER);
    device.registers().writeDriverFeatures(device.registers().offeredFeatures() & ~hugePages);
    device.registers().writeStatus(READY);
    queues = new BenchQueue[] {queue(INFLATE), queue(DEFLATE)};
    device.registers().writeStatus(READY | DeviceStatus.DRIVER_OK);
  }

  private BenchQueue queue(int index) {
    var queue = new BenchQueue(ram, index * (MESSAGES / 4));
    QueueLayout layout = queue.layout();
    if (device.registers().configureQueue(index, layout) != QueueSetup.ACCEPTED
        || device.registers().enableQueue(index) != QueueSetup.ACCEPTED) {
      throw new IllegalStateException("the device refused queue %d at %s".formatted(index, layout));
    }
    return queue;
  }

  /** Writes messages into RAM. */
  PlacedMessages place(Messages messages) {
    var result = PlacedMessages.at(ram, placed, messages);
    placed += 4L * messages.pages();
    return result;
  }

  /** Makes a message available. */
  private void offer(int queue, PlacedMessages messages, int message) {
    queues[queue].offer(messages.address(message), messages.bytes(message));
  }

  /**
   * Sends a message and waits for it.
   *
   * @throws IllegalStateException if it does not come back
   */
  void send(int queue, PlacedMessages messages, int message, BalloonEvents events) {
    int before = returned(queue);
    offer(queue, messages, message);
    process(events);
    if (returned(queue) == before) {
      throw new IllegalStateException(
          "message %d did not come back; the device's status is 0x%x, its counters are %s"
              .formatted(message, device.registers().status(), device.counters()));
    }
  }

  /**
   * Ends the use of the device.
   *
   * @throws IllegalStateException if it did not understand everything
   */
  void end() {
    if (!device.counters().mistakes().isEmpty()) {
      throw new IllegalStateException("the device counts mistakes: " + device.counters());
    }
  }

  private void process(BalloonEvents events) {
    boolean more = true;
    while (more) {
      more = device.process(events, DeviceTurn.PFNS);
    }
  }

  /** Returns how many messages came back, as the used index counts them. */
  private int returned(int queue) {
    return queues[queue].returned();
  }

  @Override
  public void wake() {}

  @Override
  public void interruptQueue(int queue) {}

  @Override
  public void interruptConfig() {}
}
