package dev.aerostat.cli;

import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.vhost.user.GuestInterrupts;

/** Sends the engine's interrupts to the front end. */
record FrontEndInterrupts(GuestInterrupts frontEnd) implements DeviceInterrupts {
  @Override
  public void queue(int queue) {
    frontEnd.interruptQueue(queue);
  }

  @Override
  public void config() {
    frontEnd.interruptConfig();
  }
}
