package dev.aerostat.memory.linux.socket;

import java.io.IOException;
import java.time.Duration;

/**
 * How long a peer may leave a message half sent or a reply unread. While it does nothing can be
 * asked of it, and others wait for their turn. One thread.
 */
public final class Deadline {
  private final String peer;
  private final Duration patience;
  private long since;
  private boolean runs;

  /**
   * Creates one that does not run.
   *
   * @param peer who has to keep it, such as {@code the front end}
   * @param patience how long it may take
   */
  public Deadline(String peer, Duration patience) {
    this.peer = peer;
    this.patience = patience;
  }

  /**
   * Returns how long to wait: no longer than until the deadline.
   *
   * @param most milliseconds, 0 or more
   * @return milliseconds, 0 to {@code most}
   */
  public int millis(int most) {
    return runs ? Math.clamp(leftMillis(), 0, most) : most;
  }

  /** Starts anew: a message or a reply came to its end. */
  public void restart() {
    runs = false;
  }

  /**
   * Starts the clock, stops it, or looks at it.
   *
   * @param owesMessage whether a part of a message has come
   * @param owesReading whether a reply has found no room
   * @throws IOException if it is over
   */
  public void check(boolean owesMessage, boolean owesReading) throws IOException {
    boolean owes = owesMessage || owesReading;
    if (owes && !runs) {
      since = System.nanoTime();
    }
    runs = owes;
    if (runs && leftMillis() <= 0) {
      throw new IOException(
          owesReading
              ? "%s has not read a reply for %d s".formatted(peer, patience.toSeconds())
              : "%s left a message unfinished for %d s".formatted(peer, patience.toSeconds()));
    }
  }

  private long leftMillis() {
    // Rounded up: a wait of 0 would be one of the last moment, over and over.
    return patience.minusNanos(System.nanoTime() - since).plusNanos(999_999).toMillis();
  }
}
