package dev.aerostat.vhost.user;

import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.VirtioDevice;
import java.util.Map;
import java.util.Optional;

/** A device and what drives it. All methods are called on the session's thread. */
public interface HostedBalloon extends AutoCloseable {
  /**
   * Returns the device.
   *
   * @return always the same
   */
  VirtioDevice device();

  /** Called when a driver has come up: its first queue has started. */
  default void driverStarts() {}

  /**
   * Called before the device uses a queue, for the first time or again after a pause.
   *
   * @param queues where all queues lie that run, that one included, by index
   */
  default void queueStarts(Map<Integer, QueueLayout> queues) {}

  /**
   * Called when the last queue that ran has stopped. The driver may pause, and its queues go on
   * later; or it is gone, which {@link #driverStopped} reports once that is known.
   */
  default void queuesStopped() {}

  /**
   * Called when the driver rang. With an engine behind the device this is the place to lend it the
   * session's thread: {@code AsyncDmaMap.notifyQueue}.
   *
   * @param queue index of the queue
   */
  default void kicked(int queue) {
    device().notifyQueue(queue);
  }

  /** Called when a reset has taken effect: no queue is in use, and the balloon is empty. */
  default void driverStopped() {}

  /**
   * Returns why the device can be served no longer, which ends the session: {@link
   * VhostUserServer#serve} then throws with this as the cause. Asked before each request, and about
   * once a second.
   *
   * @return what was thrown, such as what {@code EngineListener.failed} was told; nothing while all
   *     is well
   */
  default Optional<Throwable> failure() {
    return Optional.empty();
  }

  /** Stops all use of the guest's memory; it goes when this returns. */
  @Override
  void close();
}
