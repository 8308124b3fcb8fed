package dev.aerostat.simulation;

import dev.aerostat.guest.sim.DeviceTransport;
import dev.aerostat.virtio.QueueLayout;
import dev.aerostat.virtio.VirtioDevice;

/** Joins a driver to its device, which may refuse what it likes, and nobody looks on. */
record PlainBus(VirtioDevice device) implements DeviceTransport {
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
    var layout = new QueueLayout(size, descriptorTable, availableRing, usedRing);
    var _ = device.configureQueue(queue, layout);
  }

  @Override
  public void enableQueue(int queue) {
    var _ = device.enableQueue(queue);
  }

  @Override
  public void notifyQueue(int queue) {
    device.notifyQueue(queue);
  }
}
