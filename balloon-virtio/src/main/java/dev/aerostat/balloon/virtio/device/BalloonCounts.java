package dev.aerostat.balloon.virtio.device;

import dev.aerostat.balloon.virtio.BalloonCounters;
import dev.aerostat.virtio.GuestMistake;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts. Mistakes and resets come from any thread, the rest from the event thread only. */
final class BalloonCounts {
  private final Map<GuestMistake, LongAdder> mistakes = new ConcurrentHashMap<>();
  long inflateMessages;
  long inflatePages;
  long inflateRuns;
  long deflateMessages;
  long deflatePages;
  long deflateRuns;
  long deflateAcknowledged;
  long otherMessages;
  long interrupts;
  final LongAdder resets = new LongAdder();

  void count(GuestMistake mistake) {
    mistakes.computeIfAbsent(mistake, key -> new LongAdder()).increment();
  }

  BalloonCounters snapshot() {
    return new BalloonCounters(
        inflateMessages,
        inflatePages,
        inflateRuns,
        deflateMessages,
        deflatePages,
        deflateRuns,
        deflateAcknowledged,
        otherMessages,
        interrupts,
        resets.sum(),
        mistakesMade());
  }

  private Map<GuestMistake, Long> mistakesMade() {
    var made = new HashMap<GuestMistake, Long>();
    mistakes.forEach((mistake, count) -> made.put(mistake, count.sum()));
    return made;
  }
}
