package dev.aerostat.observer;

import java.util.ArrayDeque;

/**
 * The live mappings, two bits a page: mapped, and first of its mapping. A map that has been called
 * counts as live at once, but its pages can be used only when the host is done with it.
 */
final class ObservedMappings {
  private final SparsePageSet mapped;
  private final SparsePageSet starts;
  private final ArrayDeque<Pending> pending = new ArrayDeque<>();
  private long peak;

  private record Pending(long first, long end, long usableAt) {
    boolean overlaps(long otherFirst, long otherEnd) {
      return first < otherEnd && otherFirst < end;
    }
  }

  ObservedMappings(long pages) {
    mapped = new SparsePageSet(pages);
    starts = new SparsePageSet(pages);
  }

  /** Lets time pass: what the host is done with becomes usable. */
  void settle(long now) {
    if (!pending.isEmpty()) {
      pending.removeIf(map -> map.usableAt <= now);
    }
  }

  void add(long first, long end, long usableAt) {
    long _ = mapped.add(first, end);
    long _ = starts.add(first, first + 1);
    pending.add(new Pending(first, end, usableAt));
    peak = Math.max(peak, live());
  }

  void remove(long first, long end) {
    long _ = mapped.remove(first, end);
    long _ = starts.remove(first, end);
    pending.removeIf(map -> map.overlaps(first, end));
  }

  /** Returns the first live page, usable or not, of {@code [first, end)}, else {@code end}. */
  long nextLive(long first, long end) {
    return mapped.nextIn(first, end);
  }

  /** Returns the first page of {@code [first, end)} that DMA cannot use yet, else {@code end}. */
  long nextUnusable(long first, long end) {
    long found = mapped.nextOut(first, end);
    for (Pending map : pending) {
      if (map.overlaps(first, end)) {
        found = Math.min(found, Math.max(first, map.first));
      }
    }
    return found;
  }

  /** Returns the first page from {@code first} on that DMA can use, else {@code end}. */
  long nextUsable(long first, long end) {
    long page = mapped.nextIn(first, end);
    for (Pending map : pending) {
      if (page < end && page >= map.first && page < map.end) {
        return nextUsable(Math.min(map.end, end), end);
      }
    }
    return page;
  }

  /** Returns whether a mapping lies on both sides of the border before {@code page}. */
  boolean spans(long page, long pages) {
    return page < pages && mapped.contains(page) && !starts.contains(page);
  }

  long live() {
    return starts.count();
  }

  long peak() {
    return peak;
  }

  long pages() {
    return mapped.count();
  }
}
