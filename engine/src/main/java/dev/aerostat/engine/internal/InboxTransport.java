package dev.aerostat.engine.internal;

import dev.aerostat.balloon.virtio.BalloonTransport;
import dev.aerostat.engine.DeviceInterrupts;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/** Joins the device to the event thread on one side and to the VMM's bus on the other. */
@Singleton
final class InboxTransport implements BalloonTransport {
  private final Inbox inbox;
  private final DeviceInterrupts interrupts;

  @Inject
  InboxTransport(Inbox inbox, DeviceInterrupts interrupts) {
    this.inbox = inbox;
    this.interrupts = interrupts;
  }

  @Override
  public void wake() {
    inbox.wakeDevice();
  }

  @Override
  public void interruptQueue(int queue) {
    interrupts.queue(queue);
  }

  @Override
  public void interruptConfig() {
    interrupts.config();
  }
}
