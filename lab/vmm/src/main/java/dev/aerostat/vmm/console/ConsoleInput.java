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
      int value = in.read();
      while (value >= 0 && !Thread.currentThread().isInterrupted()) {
        port.receive((byte) value);
        value = in.read();
      }
    } catch (IOException | InterruptedException ended) {
      // Nothing more comes.
    }
  }

  /** Ends it before the machine is closed: what is typed from now on goes nowhere. */
  @Override
  public void close() {
    thread.interrupt();
  }
}
