package dev.aerostat.vmm.console;

import java.io.IOException;
import java.io.InputStream;

/** Sends what the user types to the guest, on a thread of its own until it is closed. */
public final class ConsoleInput implements AutoCloseable {
  private final Thread thread;

  private ConsoleInput(Thread thread) {
    this.thread = thread;
  }

  /**
   * Starts.
   *
   * @param in what the user types
   * @param port receives it
   * @return what ends it
   */
  public static ConsoleInput start(InputStream in, SerialPort port) {
    // A daemon, as nothing ends a read of a terminal.
    return new ConsoleInput(
        Thread.ofPlatform().daemon().name("console-input").start(() -> copy(in, port)));
  }

  private static void copy(InputStream in, SerialPort port) {
    try {
      for (int value = in.read(); value >= 0; value = in.read()) {
        port.receive((byte) value);
      }
    } catch (IOException | InterruptedException ended) {
      // Nothing more comes.
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
