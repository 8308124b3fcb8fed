package dev.aerostat.engine.internal;

import dev.aerostat.balloon.virtio.device.BalloonTransport;
import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.engine.events.EngineEvents;
import dev.aerostat.virtio.GuestMistake;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.System.Logger.Level;

/** Joins the device to the event thread on one side and to the VMM's bus on the other. */
@Singleton
final class InboxTransport implements BalloonTransport {
  private final Inbox inbox;
  private final ShutDevice shut;
  private final DeviceInterrupts interrupts;
  private final EngineEvents events;
  private final VmmCalls calls = new VmmCalls("the device's interrupt");

  private final MistakeLog mistakes =
      new MistakeLog(System::nanoTime, line -> SafeLog.log(Level.WARNING, line));

  @Inject
  InboxTransport(Inbox inbox, ShutDevice shut, DeviceInterrupts interrupts, EngineEvents events) {
    this.inbox = inbox;
    this.shut = shut;
    this.interrupts = interrupts;
    this.events = events;
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

  @Override
  public void mistaken(GuestMistake mistake) {
    events.mistaken(mistake);
    mistakes.mistaken(mistake);
  }
}
