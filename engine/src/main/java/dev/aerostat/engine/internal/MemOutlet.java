package dev.aerostat.engine.internal;

import dev.aerostat.engine.VirtioMem;
import dev.aerostat.engine.events.EngineEvents;
import dev.aerostat.mem.virtio.device.MemTransport;
import dev.aerostat.virtio.GuestMistake;
import java.lang.System.Logger.Level;

/**
 * Joins the virtio-mem device to the event thread on one side and to the VMM's bus on the other.
 */
final class MemOutlet implements MemTransport {
  private final VirtioMem mem;
  private final Inbox inbox;
  private final ShutDevice shut;
  private final EngineEvents events;
  private final VmmCalls calls = new VmmCalls("the virtio-mem device's interrupt");

  private final MistakeLog mistakes =
      new MistakeLog(System::nanoTime, line -> SafeLog.log(Level.WARNING, line));

  MemOutlet(VirtioMem mem, Inbox inbox, ShutDevice shut, EngineEvents events) {
    this.mem = mem;
    this.inbox = inbox;
    this.shut = shut;
    this.events = events;
  }

  @Override
  public void wake() {
    if (!shut.wake()) {
      inbox.wakeDevice();
    }
  }

  @Override
  public void interruptQueue() {
    calls.call(() -> mem.interrupts().queue(0));
  }

  @Override
  public void interruptConfig() {
    calls.call(mem.interrupts()::config);
  }

  @Override
  public void mistaken(GuestMistake mistake) {
    events.mistaken(mistake);
    mistakes.mistaken(mistake);
  }
}
