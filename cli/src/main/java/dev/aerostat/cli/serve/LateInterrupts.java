package dev.aerostat.cli.serve;

import dev.aerostat.engine.DeviceInterrupts;
import dev.aerostat.vhost.user.GuestInterrupts;
import java.util.Optional;

/**
 * Interrupts of a balloon whose front end comes after the engine, and may go before it. Safe for
 * use by any thread.
 */
final class LateInterrupts implements DeviceInterrupts {
  private volatile Optional<GuestInterrupts> frontEnd = Optional.empty();

  void connect(GuestInterrupts now) {
    frontEnd = Optional.of(now);
  }

  void disconnect() {
    frontEnd = Optional.empty();
  }

  @Override
  public void queue(int queue) {
    frontEnd.ifPresent(it -> it.interruptQueue(queue));
  }

  @Override
  public void config() {
    frontEnd.ifPresent(GuestInterrupts::interruptConfig);
  }
}
