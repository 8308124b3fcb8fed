package dev.aerostat.engine.core;

import dev.aerostat.api.EngineCounters;

/** The counters as they grow: plain fields, so that counting on the hot path costs nothing. */
final class EngineCounts {
  long inflateMessages;
  long inflatePages;
  long inflateRuns;
  long peakRanges;
  long deflateMessages;
  long preMappedPages;
  long onDemandPages;
  long onDemandMaps;
  long maps;
  long mappedBytes;
  long refusals;
  long dmaWanted;
  long trackerPeakBytes;

  EngineCounters copy() {
    return new EngineCounters(
        inflateMessages,
        inflatePages,
        inflateRuns,
        peakRanges,
        deflateMessages,
        preMappedPages + onDemandPages,
        preMappedPages,
        onDemandPages,
        onDemandMaps,
        maps,
        mappedBytes,
        refusals,
        dmaWanted,
        trackerPeakBytes);
  }
}
