package dev.aerostat.engine.internal;

import dev.aerostat.balloon.virtio.device.BalloonTransport;
import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.engine.events.EngineEvents;
import dev.aerostat.mem.virtio.device.MemTransport;
import dev.aerostat.virtio.GuestMistake;
import java.lang.System.Logger.Level;

/** Joins a device to the event thread on one side and to the VMM's bus on the other. */
final class InboxTransport implements BalloonTransport, MemTransport {
  private final Inbox inbox;
  private final ShutDevice shut;
  private final DeviceInterrupts interrupts;
  private final EngineEvents events;
  private final VmmCalls calls;

  private final MistakeLog mistakes =
      new MistakeLog(System::nanoTime, line -> SafeLog.log(Level.WARNING, line));

  /**
   * @param device what the log calls it
   */
  InboxTransport(
      String device,
      DeviceInterrupts interrupts,
      Inbox inbox,
      ShutDevice shut,
      EngineEvents events) {
    this.calls = new VmmCalls("the interrupt of " + device);
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
  public void interruptQueue() {
    interruptQueue(0);
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
