package dev.aerostat.virtio.transport;

import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.QueuePosition;
import dev.aerostat.virtio.QueueSetup;
import dev.aerostat.virtio.QueueStop;
import dev.aerostat.virtio.VirtioDevice;
import java.util.concurrent.CompletableFuture;

/**
 * The registers that both transports have: windows to the features, the queue that is selected and
 * what the driver has written of it, the status.
 *
 * <p>Safe for use by any thread. The device is called without the lock where it may wake its event
 * thread. While a reset is under way all writes are ignored and the status does not read as 0, so
 * that nothing of a new driver is forgotten with the old one.
 */
final class DriverRegisters {
  /** What a vCPU waits for whose write has taken effect already. */
  static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

  /** Areas of a queue, in the order of the specification. */
  static final int DESCRIPTOR_AREA = 0;

  static final int DRIVER_AREA = 1;
  static final int DEVICE_AREA = 2;

  private final VirtioDevice device;
  private final Runnable forget;
  private final QueueFields[] queues;
  private int deviceFeaturesSelect;
  private int driverFeaturesSelect;
  private long driverFeatures;
  private int queueSelect;
  private boolean resetting;
  private CompletableFuture<Void> resetDone = DONE;

  /**
   * Creates the registers as after a reset.
   *
   * @param device what they are of
   * @param forget called when a reset takes effect, before the driver sees it; holds no lock
   */
  DriverRegisters(VirtioDevice device, Runnable forget) {
    this.device = device;
    this.forget = forget;
    this.queues = new QueueFields[device.queueCount()];
    forgetQueues();
  }

  private void forgetQueues() {
    for (int index = 0; index < queues.length; index++) {
      queues[index] = new QueueFields(device.maxQueueSize(index));
    }
  }

  // --- Features ---------------------------------------------------------------------------------

  synchronized int deviceFeaturesSelect() {
    return deviceFeaturesSelect;
  }

  synchronized void selectDeviceFeatures(int window) {
    if (!resetting) {
      deviceFeaturesSelect = window;
    }
  }

  int deviceFeatures() {
    return window(device.offeredFeatures(), deviceFeaturesSelect());
  }

  synchronized int driverFeaturesSelect() {
    return driverFeaturesSelect;
  }

  synchronized void selectDriverFeatures(int window) {
    if (!resetting) {
      driverFeaturesSelect = window;
    }
  }

  synchronized int driverFeatures() {
    return window(driverFeatures, driverFeaturesSelect);
  }

  /** The device has bits 0 to 63 only; what is written to windows above 1 is not on offer. */
  synchronized void writeDriverFeatures(int bits) {
    if (resetting || (driverFeaturesSelect & ~1) != 0) {
      return;
    }
    int shift = Integer.SIZE * driverFeaturesSelect;
    driverFeatures = (driverFeatures & ~(0xffff_ffffL << shift)) | ((bits & 0xffff_ffffL) << shift);
    device.writeDriverFeatures(driverFeatures);
  }

  private static int window(long features, int select) {
    return (select & ~1) == 0 ? (int) (features >>> (Integer.SIZE * select)) : 0;
  }

  // --- The queue that is selected ---------------------------------------------------------------

  synchronized int queueSelect() {
    return queueSelect;
  }

  synchronized void selectQueue(int index) {
    if (!resetting) {
      queueSelect = index;
    }
  }

  /** Whether a driver may set up the queue that is selected. */
  synchronized boolean queueExists() {
    return device.maxQueueSize(queueSelect) > 0;
  }

  synchronized int maxQueueSize() {
    return device.maxQueueSize(queueSelect);
  }

  synchronized int queueSize() {
    return queueExists() ? queues[queueSelect].size : 0;
  }

  synchronized void writeQueueSize(int size) {
    if (placeable()) {
      queues[queueSelect].size = size;
    }
  }

  synchronized long queueArea(int area) {
    return queueExists() ? queues[queueSelect].areas[area] : 0;
  }

  /** Writes the lower or the upper half of an address. */
  synchronized void writeQueueArea(int area, boolean upper, int half) {
    if (placeable()) {
      int shift = upper ? Integer.SIZE : 0;
      long[] areas = queues[queueSelect].areas;
      areas[area] = (areas[area] & ~(0xffff_ffffL << shift)) | ((half & 0xffff_ffffL) << shift);
    }
  }

  private boolean placeable() {
    return !resetting && queueExists() && !device.isQueueEnabled(queueSelect);
  }

  synchronized int queueVector() {
    return queueExists() ? queues[queueSelect].vector : MsixTable.NO_VECTOR;
  }

  synchronized void writeQueueVector(int vector) {
    if (!resetting && queueExists()) {
      queues[queueSelect].vector = vector;
    }
  }

  /** The vector of any queue. */
  synchronized int vectorOf(int index) {
    return index >= 0 && index < queues.length ? queues[index].vector : MsixTable.NO_VECTOR;
  }

  /** Whether the queue is ready, or was and is still being stopped. */
  synchronized boolean queueReady() {
    return queueExists()
        && (device.isQueueEnabled(queueSelect) || !queues[queueSelect].stopped.isDone());
  }

  /**
   * Places the queue where the driver wrote and enables it; if refused it does not read as ready.
   */
  void enableQueue() {
    int index;
    QueueLayout layout;
    synchronized (this) {
      if (!placeable()) {
        return;
      }
      index = queueSelect;
      QueueFields fields = queues[index];
      long[] areas = fields.areas;
      layout =
          new QueueLayout(
              fields.size, areas[DESCRIPTOR_AREA], areas[DRIVER_AREA], areas[DEVICE_AREA]);
    }
    if (device.configureQueue(index, layout) == QueueSetup.ACCEPTED) {
      var _ = device.enableQueue(index);
    }
  }

  /** Stops the queue; its future completes once nobody touches its ring any more. */
  CompletableFuture<Void> disableQueue() {
    int index;
    synchronized (this) {
      if (resetting || !queueExists() || !device.isQueueEnabled(queueSelect)) {
        return DONE;
      }
      index = queueSelect;
    }
    CompletableFuture<QueuePosition> stop = device.disableQueue(index, QueueStop.PAUSE);
    synchronized (this) {
      queues[index].stopped = stop;
    }
    return stop.thenAccept(position -> {});
  }

  void notifyQueue(int index) {
    device.notifyQueue(index);
  }

  // --- Status -----------------------------------------------------------------------------------

  int status() {
    synchronized (this) {
      if (resetting) {
        return Math.max(1, device.status());
      }
    }
    return device.status();
  }

  CompletableFuture<Void> writeStatus(int bits) {
    if (bits == 0) {
      return reset();
    }
    synchronized (this) {
      if (resetting) {
        return DONE;
      }
    }
    device.writeStatus(bits);
    return DONE;
  }

  CompletableFuture<Void> reset() {
    CompletableFuture<Void> done;
    synchronized (this) {
      if (resetting) {
        return resetDone.copy();
      }
      resetting = true;
      resetDone = new CompletableFuture<>();
      done = resetDone;
    }
    var _ =
        device
            .reset()
            .whenComplete(
                (nothing, failure) -> {
                  try {
                    forgetDriver();
                  } finally {
                    done.complete(null); // A line that throws must hold no vCPU.
                  }
                });
    return done.copy();
  }

  private void forgetDriver() {
    try {
      forget.run();
    } finally {
      synchronized (this) {
        deviceFeaturesSelect = 0;
        driverFeaturesSelect = 0;
        driverFeatures = 0;
        queueSelect = 0;
        forgetQueues();
        resetting = false;
      }
    }
  }

  /** What the driver has written of a queue, unchecked: the device judges it. */
  private static final class QueueFields {
    private int size;
    private final long[] areas = new long[3];
    private int vector = MsixTable.NO_VECTOR;
    private CompletableFuture<QueuePosition> stopped =
        CompletableFuture.completedFuture(new QueuePosition(0, false));

    QueueFields(int size) {
      this.size = size;
    }
  }
}
