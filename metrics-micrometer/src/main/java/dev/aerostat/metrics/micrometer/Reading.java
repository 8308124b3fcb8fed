package dev.aerostat.metrics.micrometer;

import dev.aerostat.api.EngineCounters;
import dev.aerostat.api.Progress;
import dev.aerostat.balloon.virtio.BalloonCounters;
import dev.aerostat.engine.AsyncDmaMap;

/** What an engine had counted at one moment. Immutable. */
record Reading(Progress progress, EngineCounters engine, BalloonCounters device) {
  static Reading of(AsyncDmaMap engine) {
    return new Reading(engine.progress(), engine.counters(), engine.deviceCounters());
  }

  long mistakes() {
    return device.mistakes().values().stream().mapToLong(Long::longValue).sum();
  }
}
