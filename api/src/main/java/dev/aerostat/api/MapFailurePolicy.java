package dev.aerostat.api;

/** What happens to a deflate whose pages the host refuses to map. */
public enum MapFailurePolicy {
  /** It stays unacknowledged, and the map is tried again with back-off. */
  HOLD,
  /**
   * The gate closes, then the deflate is acknowledged: the guest gets its memory, the device gets
   * no DMA until the host maps again.
   */
  CLOSE_GATE_AND_ACK
}
