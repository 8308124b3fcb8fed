package dev.aerostat.engine.core;

import java.util.Arrays;

/** First in, first out, of {@code int}s, without boxes. */
final class IntQueue {
  private static final int LEAST = 16;

  private int[] ring = new int[LEAST];
  private int head;
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  void add(int value) {
    if (size == ring.length) {
      int[] larger = Arrays.copyOfRange(ring, head, head + 2 * size);
      System.arraycopy(ring, 0, larger, size - head, head);
      ring = larger;
      head = 0;
    }
    ring[(head + size) & (ring.length - 1)] = value;
    size++;
  }

  int remove() {
    int value = ring[head];
    head = (head + 1) & (ring.length - 1);
    size--;
    return value;
  }

  void clear() {
    head = 0;
    size = 0;
  }

  /** Forgets everything, and the memory that it took. */
  void releaseAll() {
    clear();
    ring = new int[LEAST];
  }
}
