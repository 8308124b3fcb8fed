package dev.aerostat.memory.linux.syscall;

import java.util.concurrent.atomic.AtomicBoolean;

/** An open file descriptor that is closed once. Safe for use by any thread. */
public final class Descriptor implements AutoCloseable {
  private final SystemCalls calls;
  private final int number;
  private final AtomicBoolean open = new AtomicBoolean(true);

  /**
   * Takes a descriptor over.
   *
   * @param calls that close it
   * @param number 0 or more
   */
  public Descriptor(SystemCalls calls, int number) {
    this.calls = calls;
    this.number = number;
  }

  /**
   * Gives the number for a call.
   *
   * @return 0 or more
   */
  public int number() {
    return number;
  }

  /** Closes it. Does nothing the second time: the number may be another file's by then. */
  @Override
  public void close() {
    if (open.compareAndSet(true, false)) {
      int _ = calls.close(number);
    }
  }
}
