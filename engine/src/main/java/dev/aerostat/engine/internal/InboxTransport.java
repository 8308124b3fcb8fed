package dev.aerostat.engine.internal;

import dev.aerostat.balloon.virtio.device.BalloonTransport;
import dev.aerostat.engine.DeviceInterrupts;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/** Joins the device to the event thread on one side and to the VMM's bus on the other. */
@Singleton
final class InboxTransport implements BalloonTransport {
  private final Inbox inbox;
  private final ShutDevice shut;
  private final DeviceInterrupts interrupts;
  private final VmmCalls calls = new VmmCalls("the device's interrupt");

  @Inject
  InboxTransport(Inbox inbox, ShutDevice shut, DeviceInterrupts interrupts) {
    this.inbox = inbox;
    this.shut = shut;
    this.interrupts = interrupts;
  }

  @Override
  public void wake() {
    if (!shut.wake()) {
      inbox.wakeDevice();
    }
  }

  @Override
  public void interruptQueue(int queue) {
    calls.call(() -> interrupts.queue(queue));
  }

  @Override
  public void interruptConfig() {
    calls.call(interrupts::config);
  }
}
