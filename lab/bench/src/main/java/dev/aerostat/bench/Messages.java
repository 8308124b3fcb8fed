package dev.aerostat.bench;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** PFNs in the order in which a guest names them, cut into messages. */
final class Messages {
  /** What Linux puts into a message: VIRTIO_BALLOON_ARRAY_PFNS_MAX in virtio_balloon.c. */
  static final int FULL = 256;

  private final int[] pfns;
  private final int[] ends;
  private @Nullable FoundRuns runs;

  /** Cuts {@code pfns} where a message ends. */
  Messages(int[] pfns, int[] ends) {
    this.pfns = pfns;
    this.ends = ends;
  }

  static Messages ofFull(int[] pfns) {
    int[] ends = new int[(pfns.length + FULL - 1) / FULL];
    Arrays.setAll(ends, i -> Math.min(pfns.length, (i + 1) * FULL));
    return new Messages(pfns, ends);
  }

  /** All PFNs: not a copy, to be read only. */
  int[] pfns() {
    return pfns;
  }

  int pages() {
    return pfns.length;
  }

  int count() {
    return ends.length;
  }

  int start(int message) {
    return message == 0 ? 0 : ends[message - 1];
  }

  int end(int message) {
    return ends[message];
  }

  /** Returns the runs of all messages, found when first asked for. */
  FoundRuns runs() {
    FoundRuns found = runs;
    if (found == null) {
      found = new FoundRuns(this);
      runs = found;
    }
    return found;
  }

  /** As a driver takes back what it gave: the last first. */
  Messages reversed() {
    int[] back = new int[pfns.length];
    Arrays.setAll(back, i -> pfns[pfns.length - 1 - i]);
    return ofFull(back);
  }
}
