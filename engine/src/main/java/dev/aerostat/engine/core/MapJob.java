package dev.aerostat.engine.core;

import dev.aerostat.api.HostRefusedException;
import org.jspecify.annotations.Nullable;

/** A granule on its way from unmapped to mapped. */
final class MapJob {
  final int granule;
  private final long endPage;
  private final long slicePages;
  private long nextPage;
  private int slicesOut;
  private boolean mapping;
  private @Nullable HostRefusedException refusal;

  MapJob(int granule, long firstPage, long endPage, long slicePages) {
    this.granule = granule;
    this.nextPage = firstPage;
    this.endPage = endPage;
    this.slicePages = slicePages;
  }

  boolean hasSlice() {
    return refusal == null && nextPage < endPage;
  }

  void populateNext(EngineCommands commands) {
    long first = nextPage;
    nextPage = Math.min(endPage, (first / slicePages + 1) * slicePages);
    slicesOut++;
    commands.populate(granule, first, nextPage);
  }

  boolean readyToMap() {
    return refusal == null && nextPage == endPage && slicesOut == 0 && !mapping;
  }

  void map(EngineCommands commands, boolean unmapFirst) {
    mapping = true;
    if (unmapFirst) {
      commands.remap(granule);
    } else {
      commands.map(granule);
    }
  }

  void sliceDone() {
    slicesOut--;
  }

  void refused(HostRefusedException cause) {
    if (refusal == null) {
      refusal = cause;
    }
  }

  /** Returns the refusal once nothing of this job is under way any more. */
  @Nullable HostRefusedException settledRefusal() {
    return slicesOut == 0 ? refusal : null;
  }
}
