package dev.aerostat.vhost.user;

import java.io.IOException;
import java.time.Duration;

/**
 * How long a front end may leave a message half sent or a reply unread. While it does nothing can
 * be asked of it, and others wait for their turn.
 */
final class Deadline {
  private final Duration patience;
  private long since;
  private boolean runs;

  Deadline(Duration patience) {
    this.patience = patience;
  }

  /** Returns how many milliseconds to wait at most: no longer than until the deadline. */
  int millis(int most) {
    return runs ? Math.clamp(leftMillis(), 0, most) : most;
  }

  /** Starts anew: a message or a reply came to its end. */
  void restart() {
    runs = false;
  }

  /**
   * Starts the clock, stops it, or looks at it.
   *
   * @throws IOException if it is over
   */
  void check(boolean owesMessage, boolean owesReading) throws IOException {
    boolean owes = owesMessage || owesReading;
    if (owes && !runs) {
      since = System.nanoTime();
    }
    runs = owes;
    if (runs && leftMillis() <= 0) {
      throw new IOException(
          owesReading
              ? "the front end has not read a reply for %d s".formatted(patience.toSeconds())
              : "the front end left a message unfinished for %d s".formatted(patience.toSeconds()));
    }
  }

  private long leftMillis() {
    // Rounded up: a wait of 0 would be one of the last moment, over and over.
    return patience.minusNanos(System.nanoTime() - since).plusNanos(999_999).toMillis();
  }
}
