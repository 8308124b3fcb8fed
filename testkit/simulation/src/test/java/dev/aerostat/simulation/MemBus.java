package dev.aerostat.simulation;

import dev.aerostat.guest.sim.DeviceTransport;
import dev.aerostat.observer.Observer;
import dev.aerostat.observer.RingPlacement;
import dev.aerostat.virtio.DeviceStatus;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.VirtioDevice;

/** Joins a virtio-mem driver to its device, and tells the observer where the ring is. */
final class MemBus implements DeviceTransport {
  private final VirtioDevice device;
  private final Observer observer;
  private RingPlacement ring = new RingPlacement(1, 0, 0, 0, 1);

  MemBus(VirtioDevice device, Observer observer) {
    this.device = device;
    this.observer = observer;
  }

  @Override
  public long offeredFeatures() {
    return device.offeredFeatures();
  }

  @Override
  public void acceptFeatures(long features) {
    device.writeDriverFeatures(features);
  }

  @Override
  public int status() {
    return device.status();
  }

  @Override
  public void writeStatus(int status) {
    if ((status & DeviceStatus.DRIVER_OK) != 0) {
      observer.watchPlugs(ring);
    }
    device.writeStatus(status);
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
    ring = new RingPlacement(size, descriptorTable, availableRing, usedRing, 1);
    var _ =
        device.configureQueue(
            queue, new QueueLayout(size, descriptorTable, availableRing, usedRing));
  }

  @Override
  public void enableQueue(int queue) {
    var _ = device.enableQueue(queue);
  }

  @Override
  public void notifyQueue(int queue) {
    observer.poll();
    device.notifyQueue(queue);
  }
}
