package dev.aerostat.simulation;

import dev.aerostat.api.Progress;

/**
 * Digests all events of a run into 64 bits: two runs that repeat have the same digest, and two that
 * differ in one event almost surely not. Not thread-safe.
 */
public final class EventDigest implements BootWatcher {
  private long digest;
  private long events;

  /** Creates the digest of no event. */
  public EventDigest() {}

  @Override
  public void progressed(long nowNanos, Progress progress) {
    // How often this is called is no part of a run.
  }

  @Override
  public void happened(long nowNanos, BootEvent event, long where, long bytes, long amount) {
    events++;
    add(event.toString().hashCode());
    add(nowNanos);
    add(where);
    add(bytes);
    add(amount);
  }

  /** A step of SplitMix64: each bit of what came before moves half of all bits. */
  private void add(long value) {
    long mixed = (digest ^ value) + 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    digest = mixed ^ (mixed >>> 31);
  }

  /**
   * Returns the number of events.
   *
   * @return 0 or more
   */
  public long events() {
    return events;
  }

  /** Returns the digest, 16 hexadecimal digits. */
  @Override
  public String toString() {
    return "%016x".formatted(digest);
  }
}
