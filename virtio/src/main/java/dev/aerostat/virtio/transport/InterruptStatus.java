package dev.aerostat.virtio.transport;

/**
 * What the device interrupts for, and the line that follows it. Safe for use by any thread; the
 * line is called without a lock.
 */
final class InterruptStatus {
  /** A used ring has grown. */
  static final int QUEUE = 1;

  /** The config space or the device status has changed. */
  static final int CONFIG = 2;

  private final InterruptLine line;
  private int bits;
  private boolean masked;
  private boolean shown;
  private boolean asked;
  private boolean telling;

  InterruptStatus(InterruptLine line) {
    this.line = line;
  }

  synchronized int bits() {
    return bits;
  }

  void raise(int bit) {
    change(bit, 0);
  }

  void acknowledge(int acknowledged) {
    change(0, acknowledged);
  }

  int readAndClear() {
    return change(0, -1);
  }

  void mask(boolean keepsLow) {
    synchronized (this) {
      masked = keepsLow;
    }
    follow();
  }

  private int change(int set, int clear) {
    int before;
    synchronized (this) {
      before = bits;
      bits = (bits & ~clear) | set;
    }
    follow();
    return before;
  }

  /** One thread at a time sets the line, until it shows the last level; the others need not. */
  private void follow() {
    while (begin()) {
      boolean told = false;
      try {
        line.level(asked);
        told = true;
      } finally {
        end(told);
      }
    }
  }

  private synchronized boolean begin() {
    boolean wanted = bits != 0 && !masked;
    if (telling || wanted == shown) {
      return false;
    }
    telling = true;
    asked = wanted;
    return true;
  }

  private synchronized void end(boolean told) {
    telling = false;
    if (told) {
      shown = asked;
    }
  }
}
