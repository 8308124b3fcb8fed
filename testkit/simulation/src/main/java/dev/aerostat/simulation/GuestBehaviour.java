package dev.aerostat.simulation;

/** How a simulated guest behaves. */
public enum GuestBehaviour {
  /** As a freshly booted Linux does. */
  LINUX,
  /** It has no balloon driver. */
  NONE,
  /** Its driver stops forever after half of its pages. */
  STALLS,
  /** Compaction and out-of-memory deflates go on while memory is handed back. */
  PRESSURED
}
