package dev.aerostat.engine.events;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Deflate messages that wait for a map, by token: since when, and how large each is. A message that
 * waits leaves no garbage unless it is recorded.
 */
final class WaitingDeflates {
  private static final long NOT_WAITING = -1;

  private long[] since = {};
  private long[] bytes = {};
  private @Nullable DeflateWaitEvent[] recorded = {};

  void add(int token, long now, long itsBytes, @Nullable DeflateWaitEvent event) {
    if (token >= since.length) {
      grow(Math.max(16, Integer.highestOneBit(token) * 2));
    }
    since[token] = now;
    bytes[token] = itsBytes;
    recorded[token] = event;
  }

  private void grow(int length) {
    int old = since.length;
    since = Arrays.copyOf(since, length);
    Arrays.fill(since, old, length, NOT_WAITING);
    bytes = Arrays.copyOf(bytes, length);
    recorded = Arrays.copyOf(recorded, length);
  }

  boolean isWaiting(int token) {
    return token < since.length && since[token] != NOT_WAITING;
  }

  long since(int token) {
    return since[token];
  }

  long bytes(int token) {
    return bytes[token];
  }

  /** Returns the event that was begun for a message, if there is one; the message waits no more. */
  @Nullable DeflateWaitEvent remove(int token) {
    DeflateWaitEvent event = recorded[token];
    since[token] = NOT_WAITING;
    recorded[token] = null;
    return event;
  }

  /** Forgets all: after a reset the tokens name other messages. */
  void clear() {
    Arrays.fill(since, NOT_WAITING);
    Arrays.fill(recorded, null);
  }
}
