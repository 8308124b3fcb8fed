package dev.aerostat.vhost.user;

import dev.aerostat.balloon.virtio.BalloonDevice;
import dev.aerostat.balloon.virtio.DeviceStatus;
import dev.aerostat.balloon.virtio.QueueLayout;
import dev.aerostat.balloon.virtio.QueueSetup;
import java.util.List;
import java.util.Map;

/** A device on the memory it was built for. */
record AttachedDevice(SharedMemory memory, HostedBalloon balloon) implements AutoCloseable {
  private static final int UP_TO_FEATURES = DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER;

  BalloonDevice device() {
    return balloon.device();
  }

  boolean isReset() {
    return device().status() == 0;
  }

  /** Does what a driver does by its registers on other transports. */
  void startDriver(long features, Map<Integer, QueueLayout> queues) throws RefusedException {
    BalloonDevice device = device();
    device.writeStatus(UP_TO_FEATURES);
    device.acceptFeatures(features);
    device.writeStatus(DeviceStatus.FEATURES_OK);
    for (Map.Entry<Integer, QueueLayout> queue : queues.entrySet()) {
      require(queue.getKey(), device.configureQueue(queue.getKey(), queue.getValue()));
      require(queue.getKey(), device.enableQueue(queue.getKey()));
    }
    balloon.driverStarts(queues);
    device.writeStatus(DeviceStatus.DRIVER_OK);
  }

  private static void require(int queue, QueueSetup verdict) throws RefusedException {
    if (verdict != QueueSetup.ACCEPTED) {
      throw new RefusedException("queue %d is refused: %s".formatted(queue, verdict.reason()));
    }
  }

  /** All use of the memory ends before the memory goes. */
  @Override
  public void close() {
    AllClosed.close(List.of(balloon::close, memory::close));
  }
}
