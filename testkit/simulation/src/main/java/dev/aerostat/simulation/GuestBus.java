package dev.aerostat.simulation;

import dev.aerostat.guest.sim.BalloonFeatures;
import dev.aerostat.guest.sim.DeviceTransport;
import dev.aerostat.observer.Observer;
import dev.aerostat.observer.RingPlacement;
import dev.aerostat.virtio.DeviceStatus;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.QueueSetup;
import dev.aerostat.virtio.VirtioDevice;

/**
 * The wires between a simulated driver and the device, and where the observer learns where the
 * rings lie: from the driver, not from the device.
 */
final class GuestBus implements DeviceTransport {
  private static final int INFLATE = 0;
  private static final int DEFLATE = 1;
  private static final int PAGES_PER_HUGE_PFN = 512;

  private final VirtioDevice device;
  private final Observer observer;
  private final QueueLayout[] layouts = new QueueLayout[2];
  private long features;

  GuestBus(VirtioDevice device, Observer observer) {
    this.device = device;
    this.observer = observer;
  }

  @Override
  public long offeredFeatures() {
    return device.offeredFeatures();
  }

  @Override
  public void acceptFeatures(long accepted) {
    features = accepted;
    device.writeDriverFeatures(accepted);
  }

  @Override
  public int status() {
    return device.status();
  }

  @Override
  public void writeStatus(int status) {
    if ((status & DeviceStatus.DRIVER_OK) != 0) {
      observer.watchQueues(watched(INFLATE), watched(DEFLATE));
    }
    device.writeStatus(status);
  }

  private RingPlacement watched(int queue) {
    QueueLayout layout = layouts[queue];
    boolean huge = (features >>> BalloonFeatures.HUGE_PAGES_BIT & 1) != 0;
    return new RingPlacement(
        layout.size(),
        layout.descriptorArea(),
        layout.driverArea(),
        layout.deviceArea(),
        huge ? PAGES_PER_HUGE_PFN : 1);
  }

  @Override
  public int readConfig32(int offset) {
    return (int) device.readConfig(offset, Integer.BYTES);
  }

  @Override
  public void writeConfig32(int offset, int value) {
    device.writeConfig(offset, Integer.BYTES, value);
  }

  @Override
  public void configureQueue(
      int queue, int size, long descriptorTable, long availableRing, long usedRing) {
    var layout = new QueueLayout(size, descriptorTable, availableRing, usedRing);
    if (queue == INFLATE || queue == DEFLATE) {
      layouts[queue] = layout;
    }
    require(queue, device.configureQueue(queue, layout));
  }

  @Override
  public void enableQueue(int queue) {
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
  public void notifyQueue(int queue) {
    observer.poll();
    device.notifyQueue(queue);
  }
}
