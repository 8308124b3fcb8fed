package dev.aerostat.mem.virtio.device;

import dev.aerostat.mem.virtio.MemCounters;
import dev.aerostat.virtio.GuestMistake;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts. Mistakes and resets come from any thread, the rest from the event thread only. */
final class MemCounts {
  private final Map<GuestMistake, LongAdder> mistakes = new ConcurrentHashMap<>();
  long plugs;
  long unplugs;
  long states;
  long nacks;
  long errors;
  long interrupts;
  final LongAdder resets = new LongAdder();

  void count(GuestMistake mistake) {
    mistakes.computeIfAbsent(mistake, key -> new LongAdder()).increment();
  }

  MemCounters snapshot(MemConfig config) {
    var made = new HashMap<GuestMistake, Long>();
    mistakes.forEach((mistake, count) -> made.put(mistake, count.sum()));
    return new MemCounters(
        config.plugged(),
        config.requested(),
        plugs,
        unplugs,
        states,
        nacks,
        errors,
        interrupts,
        resets.sum(),
        made);
  }
}
