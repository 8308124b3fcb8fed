package dev.aerostat.cli.serve;

import dev.aerostat.cli.text.Console;
import dev.aerostat.memory.linux.socket.NotifySocket;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Notifies the service manager that started this process, if one did and wants to know, that the
 * server is ready, and that it stops. Safe for use by any thread.
 */
final class ServiceState {
  private final Optional<NotifySocket> manager;
  private final Console console;
  private final AtomicBoolean stopping = new AtomicBoolean();

  private ServiceState(Optional<NotifySocket> manager, Console console) {
    this.manager = manager;
    this.console = console;
  }

  /**
   * Notifies the manager whose socket is named, if one is.
   *
   * @param socket the value of {@code $NOTIFY_SOCKET}
   */
  static ServiceState toldTo(Optional<String> socket, Console console) {
    try {
      return new ServiceState(socket.map(NotifySocket::new), console);
    } catch (IllegalArgumentException unknown) {
      console.complain(String.valueOf(unknown.getMessage()));
      return new ServiceState(Optional.empty(), console);
    }
  }

  void ready() {
    tell(NotifySocket.READY);
  }

  /** Does nothing the second time. */
  void stopping() {
    if (stopping.compareAndSet(false, true)) {
      tell(NotifySocket.STOPPING);
    }
  }

  /** A manager that cannot be told is no reason not to serve. */
  private void tell(String state) {
    manager.ifPresent(
        told -> {
          try {
            told.tell(state);
          } catch (IOException untold) {
            console.complain(String.valueOf(untold.getMessage()));
          }
        });
  }
}
