package dev.aerostat.simulation;

import dev.aerostat.guest.sim.DeviceTransport;
import dev.aerostat.observer.Observer;

/** The bus of a guest that resets its device, which the observer learns of when the driver does. */
final class ResettingBus implements DeviceTransport {
  private final GuestBus bus;
  private final Observer observer;
  private boolean resetting;

  ResettingBus(GuestBus bus, Observer observer) {
    this.bus = bus;
    this.observer = observer;
  }

  @Override
  public long offeredFeatures() {
    return bus.offeredFeatures();
  }

  @Override
  public void acceptFeatures(long features) {
    bus.acceptFeatures(features);
  }

  @Override
  public int status() {
    int status = bus.status();
    if (status == 0 && resetting) {
      resetting = false;
      observer.resetCompleted();
    }
    return status;
  }

  @Override
  public void writeStatus(int status) {
    resetting |= status == 0 && bus.status() != 0;
    bus.writeStatus(status);
  }

  @Override
  public int readConfig32(int offset) {
    return bus.readConfig32(offset);
  }

  @Override
  public void writeConfig32(int offset, int value) {
    bus.writeConfig32(offset, value);
  }

  @Override
  public void configureQueue(
      int queue, int size, long descriptorTable, long availableRing, long usedRing) {
    bus.configureQueue(queue, size, descriptorTable, availableRing, usedRing);
  }

  @Override
  public void enableQueue(int queue) {
    bus.enableQueue(queue);
  }

  @Override
  public void notifyQueue(int queue) {
    bus.notifyQueue(queue);
  }
}
