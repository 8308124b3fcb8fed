package dev.aerostat.vhost.user;

import dev.aerostat.balloon.virtio.BalloonDevice;
import dev.aerostat.balloon.virtio.QueueLayout;
import java.util.Map;

/** A device and what drives it. All methods are called on the session's thread. */
public interface HostedBalloon extends AutoCloseable {
  /**
   * Gives the device.
   *
   * @return always the same
   */
  BalloonDevice device();

  /**
   * Tells that a driver is about to start: it uses its queues only after this.
   *
   * @param queues where it placed them, by index
   */
  default void driverStarts(Map<Integer, QueueLayout> queues) {}

  /**
   * Tells that the driver rang. With an engine behind the device this is the place to lend it the
   * session's thread: {@code AsyncDmaMap.notifyQueue}.
   *
   * @param queue index of the queue
   */
  default void kicked(int queue) {
    device().notifyQueue(queue);
  }

  /** Tells that a reset has taken effect: no queue is in use. */
  default void driverStopped() {}

  /** Stops all use of the guest's memory; it goes when this returns. */
  @Override
  void close();
}
