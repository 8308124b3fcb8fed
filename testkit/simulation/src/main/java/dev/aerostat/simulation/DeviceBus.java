package dev.aerostat.simulation;

import dev.aerostat.guest.sim.DeviceTransport;
import dev.aerostat.observer.Observer;
import dev.aerostat.observer.RingPlacement;
import dev.aerostat.virtio.DeviceStatus;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.QueueSetup;
import dev.aerostat.virtio.VirtioDevice;

/**
 * The wires between a simulated driver and its device, and where the observer learns where the
 * rings lie: from the driver, not from the device.
 */
abstract class DeviceBus implements DeviceTransport {
  final Observer observer;
  private final VirtioDevice device;
  private final QueueLayout[] layouts;
  private long features;

  DeviceBus(VirtioDevice device, Observer observer) {
    this.device = device;
    this.observer = observer;
    this.layouts = new QueueLayout[device.queueCount()];
  }

  /** Called when the driver has set its queues up, and before it uses them. */
  abstract void watch();

  /**
   * Returns where a queue lies.
   *
   * @param pagesPerPfn what a number in a message stands for, in 4 KiB pages
   */
  final RingPlacement placement(int queue, int pagesPerPfn) {
    QueueLayout layout = layouts[queue];
    return new RingPlacement(
        layout.size(),
        layout.descriptorArea(),
        layout.driverArea(),
        layout.deviceArea(),
        pagesPerPfn);
  }

  final boolean hasFeature(int bit) {
    return (features >>> bit & 1) != 0;
  }

  @Override
  public final long offeredFeatures() {
    return device.offeredFeatures();
  }

  @Override
  public final void acceptFeatures(long accepted) {
    features = accepted;
    device.writeDriverFeatures(accepted);
  }

  @Override
  public final int status() {
    return device.status();
  }

  @Override
  public final void writeStatus(int status) {
    if ((status & DeviceStatus.DRIVER_OK) != 0) {
      watch();
    }
    device.writeStatus(status);
  }

  @Override
  public final int readConfig32(int offset) {
    return (int) device.readConfig(offset, Integer.BYTES);
  }

  @Override
  public final void writeConfig32(int offset, int value) {
    device.writeConfig(offset, Integer.BYTES, value);
  }

  @Override
  public final void configureQueue(
      int queue, int size, long descriptorTable, long availableRing, long usedRing) {
    layouts[queue] = new QueueLayout(size, descriptorTable, availableRing, usedRing);
    require(queue, device.configureQueue(queue, layouts[queue]));
  }

  @Override
  public final void enableQueue(int queue) {
    require(queue, device.enableQueue(queue));
  }

  private static void require(int queue, QueueSetup setup) {
    if (setup != QueueSetup.ACCEPTED) {
      throw new IllegalStateException(
          "the device refused queue %d of a driver that keeps the rules: %s"
              .formatted(queue, setup));
    }
  }

  @Override
  public final void notifyQueue(int queue) {
    observer.poll();
    device.notifyQueue(queue);
  }
}
