package dev.aerostat.engine.core;

/** A call to the host that has not come back. */
record PendingCall(Kind kind, int granule, long firstPage, long endPage) {
  enum Kind {
    POPULATE,
    MAP,
    UNMAP_ALL
  }
}
